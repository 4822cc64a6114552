import HandlerAPI
import NetworkTypes
import Serving
import Testing

@testable import SocketServerDaemon

@Suite struct FloodGateTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func theFirstAreToldAndTheRestIsCounted() {
        var gate = FloodGate()
        let told = (0..<312).count { gate.admits(Self.event("198.51.100.\($0 % 256)"), at: 5) }
        #expect(told == FloodGate.loggedEach)
        let early = gate.sums(at: 9 * Self.second)
        #expect(early.isEmpty)
        let sums = gate.sums(at: 11 * Self.second)
        #expect(sums.map(\.flood?.count) == [312])
        #expect(sums.first?.hostTag == "SHOP")
        #expect(sums.first?.reason == .handshakeTimeout)
        #expect(
            sums.first.map { EventFormat.message($0) }
                == "312 handshakes with SHOP failed from 198.51.100.0/24 in 10 s: timed out")
    }

    @Test func whatDegradesAHostIsFoldedWithoutAClient() {
        var gate = FloodGate()
        var event = ServerEvent(
            .hostDegraded, .warning, hostTag: "SHOP", detail: "open(/a): EMFILE")
        event.topic = "open"
        let told = (0..<50).count { _ in gate.admits(event, at: 0) }
        #expect(told == FloodGate.loggedEach)
        #expect(EventFormat.message(event) == "host SHOP is degraded: open(/a): EMFILE")
        let sums = gate.sums(at: 11 * Self.second)
        #expect(sums.map { EventFormat.message($0) } == ["open: 50 times with SHOP in 10 s"])
    }

    /// The sum of clients that one limit refused has its line, of several none.
    @Test(arguments: [[7], [7, 8]]) func aSumNamesTheLimit(_ lines: [Int]) {
        var gate = FloodGate()
        let cause =
            ": the address may not connect" + (lines.count == 1 ? ": DenyFrom (/list:7)" : "")
        // The second window begins with a count of nothing.
        for window in 0..<2 as Range<UInt64> {
            for number in 0..<50 {
                var event = Self.event("10.0.0.1")
                (event.kind, event.reason) = (.clientRefused, .addressDenied)
                let line = lines[number % lines.count]
                event.limit = ServerEvent.Limit(name: "DenyFrom", place: "/list:\(line)")
                _ = gate.admits(event, at: window * 11 * Self.second)
            }
            let sums = gate.sums(at: (window + 1) * 11 * Self.second)
            #expect(
                sums.map { EventFormat.message($0) } == [
                    "50 clients of SHOP were refused from 10.0.0.0/24 in 10 s\(cause)"
                ])
            #expect(sums.first?.limit?.place == (lines.count == 1 ? "/list:7" : nil))
        }
    }

    @Test func aFewAreNoFlood() {
        var gate = FloodGate()
        let told = (0..<FloodGate.loggedEach).count { _ in
            gate.admits(Self.event("10.0.0.1"), at: 0)
        }
        #expect(told == FloodGate.loggedEach)
        let sums = gate.sums(at: 11 * Self.second)
        #expect(sums.isEmpty)
        #expect(gate.nextEnd == nil)
    }

    @Test func aFloodThatLastsCostsOneRecordAWindow() {
        var gate = FloodGate()
        var (told, sums) = (0, 0)
        for tick in 0..<600 {
            let now = UInt64(tick) * Self.second / 10
            told += (0..<50).count { _ in gate.admits(Self.event("10.0.0.1"), at: now) }
            sums += gate.sums(at: now).count
        }
        #expect(told == FloodGate.loggedEach)
        #expect(sums == 5)
        let last = gate.sums(at: 70 * Self.second)
        let none = gate.sums(at: 81 * Self.second)
        #expect(last.count == 1)
        #expect(none.isEmpty)
        let isTold = gate.admits(Self.event("10.0.0.1"), at: 82 * Self.second)
        #expect(isTold)
    }

    @Test func networksHostsAndReasonsAreToldApart() {
        var gate = FloodGate()
        for _ in 0..<100 {
            _ = gate.admits(Self.event("10.0.0.1"), at: 0)
            _ = gate.admits(Self.event("10.0.1.1"), at: 0)
            _ = gate.admits(Self.event("10.0.1.1", host: "POST"), at: 0)
            _ = gate.admits(Self.event("2001:db8:0:1::1"), at: 0)
            _ = gate.admits(Self.event("2001:db8:0:1:ffff::1"), at: 0)
        }
        let counts = gate.sums(at: nil).compactMap(\.flood?.count).sorted()
        #expect(counts == [100, 100, 100, 200])
        let none = gate.sums(at: nil)
        #expect(none.isEmpty)
    }

    @Test func aTopicIsToldOnceWhoeverTheClientsAre() {
        var gate = FloodGate()
        let topics = ["target a:1 was not reached", "target b:1 was not reached"]
        var told = 0
        for number in 0..<110 {
            for topic in topics {
                var event = ServerEvent(
                    .handlerRecord, .warning, hostTag: "T", detail: "\(topic): it is down")
                event.topic = topic
                event.client = Self.event(IPAddress(v4: UInt32(number) << 8)).client
                if gate.admits(event, at: 0) { told += 1 }
            }
        }
        #expect(told == 2 * FloodGate.loggedEach)
        let sums = gate.sums(at: nil).map { EventFormat.message($0) }.sorted()
        #expect(sums == topics.map { "\($0): 110 clients of T in 10 s" })
    }

    @Test func whatAHandlerSaysOfOneClientIsNoFlood() {
        var gate = FloodGate()
        for _ in 0..<100 {
            var event = Self.event("10.0.0.1")
            event.kind = .handlerRecord
            let isTold = gate.admits(event, at: 0)
            #expect(isTold)
        }
    }

    @Test func theTableIsBoundedAndNothingIsLost() {
        var gate = FloodGate()
        var told = 0
        for number in 0..<100_000 {
            let address = IPAddress(v4: UInt32(number) << 8)
            if gate.admits(Self.event(address), at: 0) { told += 1 }
        }
        #expect(told == FloodGate.windowLimit)
        let sums = gate.sums(at: nil)
        #expect(sums.map(\.flood?.origin) == [.others])
        #expect(sums.first?.flood?.count == 100_000 - told)
    }

    @Test func whatIsAboutNoClientOrForDebuggingPasses() {
        var gate = FloodGate()
        for _ in 0..<100 {
            let isTold = gate.admits(ServerEvent(.hostDown, .error, hostTag: "SHOP"), at: 0)
            let isToldToo = gate.admits(Self.event("10.0.0.1", level: .debug), at: 0)
            #expect(isTold && isToldToo)
        }
    }

    private static func event(
        _ address: String, host: String = "SHOP", level: LogLevel = .info
    ) -> ServerEvent {
        event(IPAddress(address) ?? .anyV4, host: host, level: level)
    }

    private static func event(
        _ address: IPAddress, host: String = "SHOP", level: LogLevel = .info
    ) -> ServerEvent {
        var event = ServerEvent(.handshakeFailed, level, hostTag: host)
        event.reason = .handshakeTimeout
        event.client = ClientFacts(
            id: 1, address: SocketAddress(address, port: 7), bytesIn: 0, bytesOut: 0,
            microseconds: 0)
        return event
    }
}
