import Glibc
import TestSupport
import Testing

/// Thousands of clients leave nothing behind.
@Suite struct LeakScenarios {
    @Test func clientsOfEveryKindLeaveNeitherDescriptorsNorMemory() throws {
        let directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        let daemon = try DaemonProcess(
            """
            [Server]
            Workers=2
            MaxClients=50
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(pair.settings)
            Handler=echo
            """, in: directory)
        let descriptors = try daemon.descriptorCount
        try meet(daemon, 500)
        try daemon.waitForStatus(" 0 clients, 500 accepted, 0 refused")
        let memory = try daemon.memory
        try meet(daemon, 2_000)
        try daemon.waitForStatus(" 0 clients, 2500 accepted, 0 refused")
        // The status may come just before the last descriptor is closed.
        try daemon.wait("\(descriptors) descriptors are left") {
            try daemon.descriptorCount == descriptors
        }
        let growth = try daemon.memory - memory
        #expect(growth < 1_024 || Sanitizer.isOn, "\(growth) KiB more")
        #expect(try daemon.stop() == .exited(0))
    }

    private func meet(_ daemon: DaemonProcess, _ count: Int) throws {
        for number in 0..<count {
            do {
                try meet(daemon, number: number)
            } catch {
                let log = daemon.log.suffix(5).joined(separator: "\n")
                throw TestFailure(
                    "client \(number): \(error)\n\(daemon.notify.status ?? "")\n\(log)")
            }
        }
    }

    /// One client of one of ten kinds.
    private func meet(_ daemon: DaemonProcess, number: Int) throws {
        switch number % 10 {
        case 0:
            let client = try daemon.tlsClient(name: "a.test", version: .tls13)
            try #require(try client.echoes("hello"))
            client.close()
        case 1:
            let client = try daemon.tlsClient(name: "a.test", version: .tls12)
            try #require(try client.exchange([1, 2, 3]) == [1, 2, 3])
        case 2:
            let client = try daemon.tlsClient(name: "a.test")
            try client.send([UInt8](repeating: 7, count: 100_000))
            client.reset()
        case 3:
            let client = try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
            try client.send("GET / HTTP/1.0\r\n\r\n")
            _ = try client.receiveAll()
        case 4:
            let client = try PlainClient(to: "127.0.0.1", port: daemon.tlsPort())
            try client.send([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
        case 5:
            let client = try daemon.plainClient()
            try client.send([UInt8](repeating: 7, count: 100_000))
            client.reset()
        case 6:
            _ = try daemon.plainClient()
        default:
            let bytes = [UInt8](repeating: UInt8(number % 256), count: 1_000)
            try #require(try daemon.plainClient().exchange(bytes) == bytes)
        }
    }
}
