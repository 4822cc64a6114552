import HandlerAPI
import TestSupport
import Testing

@testable import Serving

/// The numbers of clients, by which programs and operators name them.
@Suite struct ClientNumberTests {
    @Test func noTwoClientsOfAProcessHaveTheSameNumber() throws {
        let handler = ScriptedHandler { client in
            try await client.write("\(client.id)")
            return .close
        }
        let servers = try (1...2).map { _ in try TestServer(handler, workers: 2) }
        var numbers: Set<String> = []
        // More than a loop takes at once.
        for count in 1...150 {
            for (index, server) in servers.enumerated() {
                let number = try server.connect().receiveText()
                #expect(
                    numbers.insert(number).inserted, "client \(count) of server \(index): \(number)"
                )
            }
        }
    }

    @Test func numbersAreTakenInBlocks() {
        var (one, other) = (ClientNumbers(), ClientNumbers())
        let first = (1...200).map { _ in one.next() }
        let second = (1...200).map { _ in other.next() }
        #expect(Set(first + second).count == 400)
        #expect(first.prefix(64).elementsEqual(first[0]...first[0] + 63))
    }
}
