import Glibc
import TestSupport
import Testing

/// Sockets of socket units that are not what the daemon would have bound.
@Suite struct PassedSocketScenarios {
    /// A socket that listens on a port of all addresses of both families, as systemd makes it.
    private final class DualStack: Sendable {
        let descriptor: CInt
        let port: UInt16

        init() throws {
            descriptor = socket(AF_INET6, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var no: CInt = 0
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            let descriptor = descriptor
            let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe setsockopt(
                        descriptor, CInt(IPPROTO_IPV6), CInt(IPV6_V6ONLY), &no,
                        socklen_t(MemoryLayout<CInt>.size)) == 0
                        && bind(descriptor, $0, length) == 0 && listen(descriptor, 100) == 0
                        && getsockname(descriptor, $0, &length) == 0
                }
            }
            guard isBound else { throw TestFailure.last("a socket for both families") }
            port = UInt16(bigEndian: address.sin6_port)
        }

        deinit { close(descriptor) }

        var passed: DescriptorStore.Entry { .init(name: "icshostd.socket", descriptor: descriptor) }
    }

    private static func host(
        _ addresses: String, _ port: UInt16, _ handler: String = "echo", number: Int = 1
    ) -> String {
        """
        [Host\(number)]
        HostEnabled=True
        Hosts=*
        BindIpAddr=\(addresses)
        BindNonPort=\(port)
        Handler=\(handler)

        """
    }

    /// Whether a client gets an end or a reset and nothing before it.
    private func isSentAway(_ port: UInt16, _ address: String = "127.0.0.1") throws -> Bool {
        do {
            return try PlainClient(to: address, port: port).receiveAll().isEmpty
        } catch let failure as TestFailure where failure.errorNumber == ECONNRESET {
            return true
        }
    }

    /// The kernel shows clients of IPv4 as mapped addresses here.
    @Test func clientsOfAPassedSocketAreJudgedByTheirAddress() throws {
        let socket = try DualStack()
        let daemon = try DaemonProcess(
            Self.host("0.0.0.0,::", socket.port) + "DenyFrom=127.0.0.2,::1\n",
            passed: [socket.passed])
        func client(_ address: String, from source: UInt8? = nil) throws -> PlainClient {
            try PlainClient(to: address, port: socket.port, from: source)
        }
        #expect(try client("127.0.0.1").echoes("hello"))
        #expect(try client("127.0.0.1", from: 2).receiveToEnd().bytes.isEmpty)
        #expect(try client("::1").receiveToEnd().bytes.isEmpty)
        try daemon.waitForLog("DenyFrom has it", count: 2)
    }

    @Test func oneSocketForBothFamiliesServesBoth() throws {
        let socket = try DualStack()
        let daemon = try DaemonProcess(
            "[Server]\nLogLevel=debug\n" + Self.host("0.0.0.0,::", socket.port),
            passed: [socket.passed])
        // Whatever of the two the file has: it is one socket, which a reload does not change.
        for addresses in ["0.0.0.0,::", "::", "0.0.0.0", "0.0.0.0,::"] {
            try daemon.reload(
                "[Server]\nLogLevel=debug\n" + Self.host(addresses, socket.port))
            for address in ["127.0.0.1", "::1"] {
                let client = try PlainClient(to: address, port: socket.port)
                #expect(try client.echoes("\(addresses) \(address)"))
            }
        }
        try daemon.wait("the clients") { daemon.log("client 127.0.0.1:").count >= 4 }
        #expect(daemon.log("::ffff:").isEmpty)
        #expect(daemon.log("is down").isEmpty)
    }

    @Test func hostsThatItWouldMixUpAreToldHowToSeparateThem() throws {
        let socket = try DualStack()
        let own = try ReservedPort()
        let daemon = try DaemonProcess(
            Self.host("0.0.0.0", socket.port) + Self.host("::", socket.port, "daytime", number: 2)
                + Self.host("127.0.0.1", own.number, number: 3),
            passed: [socket.passed])
        let told = daemon.log("BindIPv6Only=ipv6-only in that unit separates them")
        #expect(told.count == 2, "\(told)")
        #expect(try isSentAway(socket.port))
        #expect(try isSentAway(socket.port, "::1"))
        #expect(try PlainClient(to: "127.0.0.1", port: own.number).echoes("serves on"))
    }

    /// In the queue of a socket on which no host listens they would wait for ever.
    @Test func nobodyWaitsForAHostThatDoesNotServe() throws {
        let port = try ReservedPort(isListening: true)
        let own = try ReservedPort()
        let early = try PlainClient(to: "127.0.0.1", port: port.number)
        let other = Self.host("127.0.0.1", own.number, number: 2)
        let daemon = try DaemonProcess(
            other, passed: [.init(name: "web", descriptor: port.descriptor)])
        #expect(daemon.log("a socket unit passed web (127.0.0.1:").count == 1)
        #expect(try early.receiveAll() == [])
        #expect(try isSentAway(port.number))
        let served = Self.host("127.0.0.1", port.number)
        try daemon.reload(other + served)
        #expect(try PlainClient(to: "127.0.0.1", port: port.number).echoes("now it serves"))
        try daemon.reload(other)
        #expect(try isSentAway(port.number))
        try daemon.reload(other + served)
        #expect(try PlainClient(to: "127.0.0.1", port: port.number).echoes("and again"))
        // Whoever comes during the drain waits for the next process.
        let long = try PlainClient(to: "127.0.0.1", port: own.number)
        #expect(try long.echoes("keeps it from ending"))
        try daemon.reload(other)
        daemon.process.send(SIGTERM)
        try daemon.wait("the drain") { !daemon.log("stopping on SIGTERM").isEmpty }
        let late = try PlainClient(to: "127.0.0.1", port: port.number)
        long.endOutput()
        #expect(try daemon.process.waitForEnd() == .exited(0))
        #expect(try late.receiveNow() == nil)
    }

    @Test func anotherAddressOfThePortIsNamed() throws {
        let port = try ReservedPort(isListening: true)
        let own = try ReservedPort()
        let daemon = try DaemonProcess(
            Self.host("0.0.0.0", port.number) + Self.host("127.0.0.1", own.number, number: 2),
            passed: [.init(name: "web", descriptor: port.descriptor)])
        let told = daemon.log(
            "0.0.0.0:\(port.number) cannot be had beside 127.0.0.1:\(port.number), which a socket unit"
                + " passed and which is not the same address: name one in both")
        #expect(told.count == 1)
        #expect(try isSentAway(port.number))
    }
}
