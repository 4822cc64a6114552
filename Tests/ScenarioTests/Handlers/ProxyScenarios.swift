import Glibc
import TestSupport
import Testing

/// The handler `proxy` between real clients and real targets.
@Suite struct ProxyScenarios {
    /// A daemon whose first host proxies to what `targets` says, with an echo host as target.
    private static func daemon(
        in directory: TemporaryDirectory, keys: String = "", target: String = "",
        more: String = "", logLevel: String = "info"
    ) throws -> (DaemonProcess, ReservedPort) {
        let port = try ReservedPort()
        let pair = try Certificates(in: directory).pair("a.test", "localhost")
        let daemon = try DaemonProcess(
            """
            [Server]
            Workers=2
            LogLevel=\(logLevel)
            [Host1]
            Hosts=a.test
            HostTag=T
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(pair.settings)
            Handler=proxy
            \(keys)
            [Target1]
            HostTag=T
            TarHost=127.0.0.1
            TarPort=\(port.number)
            \(target)
            \(more)
            [Host2]
            Hosts=*
            BindIpAddr=127.0.0.1
            BindNonPort=\(target.contains("TarSsl") ? "" : "\(port.number)")
            BindSslPort=\(target.contains("TarSsl") ? "\(port.number)" : "")
            \(target.contains("TarSsl") ? pair.settings : "")
            Handler=echo

            """, in: directory)
        return (daemon, port)
    }

    /// A plain host that proxies to the target whose keys follow.
    private static let toTarget = """
        [Host1]
        Hosts=*
        HostTag=T
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        Handler=proxy
        [Target1]
        HostTag=T
        """

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
    }

    @Test(arguments: ["", "TarSsl=True"])
    func clientsOfEitherKindReachATarget(_ target: String) throws {
        let directory = try TemporaryDirectory()
        let authority = "TarCA=\(directory("authority.pem"))\nTarName=a.test"
        let (daemon, _) = try Self.daemon(
            in: directory, keys: authority, target: target, logLevel: "debug")
        for size in [1, 65_537, 3 << 20] {
            let bytes = Self.bytes(size)
            #expect(try daemon.plainClient().exchange(bytes) == bytes)
            #expect(try daemon.tlsClient(name: "a.test").exchange(bytes) == bytes)
        }
        try daemon.waitForLog("closed by the client, 3145728 bytes in, 3145728 bytes out", count: 4)
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func aSilentClientAndItsTargetArePartedInTime() throws {
        let (daemon, _) = try Self.daemon(
            in: TemporaryDirectory(), target: "IdleTimeout=1", logLevel: "debug")
        let client = try daemon.plainClient()
        #expect(try client.echoes("hello"))
        #expect(try !client.receiveToEnd().isWhole)
        try daemon.waitForLog("timed out, 5 bytes in, 5 bytes out")
    }

    @Test func aTargetWithAnotherNameIsRefused() throws {
        let directory = try TemporaryDirectory()
        let authority = "TarCA=\(directory("authority.pem"))"
        let (daemon, _) = try Self.daemon(in: directory, keys: authority, target: "TarSsl=True")
        #expect(try !daemon.plainClient().receiveToEnd().isWhole)
        try daemon.waitForLog("its certificate was refused: IP address mismatch")
        try daemon.waitForLog("target failed")
    }

    @Test func aTargetIsShownACertificateWhereItWantsOne() throws {
        let directory = try TemporaryDirectory()
        let certificates = try Certificates(in: directory)
        let (server, own) = (try certificates.pair("a.test"), try certificates.pair("own.test"))
        let port = try ReservedPort()
        let target = try ChildProcess([
            "openssl", "s_server", "-accept", "127.0.0.1:\(port.number)", "-cert",
            server.certificate, "-key", server.key, "-CAfile", certificates.authority, "-Verify",
            "1", "-verify_return_error", "-rev",
        ])
        try waitUntil("openssl listens") { target.output.contains("ACCEPT") }
        func daemon(_ keys: String) throws -> DaemonProcess {
            try DaemonProcess(
                """
                [Host1]
                Hosts=*
                HostTag=T
                BindIpAddr=127.0.0.1
                BindNonPort=auto
                Handler=proxy
                TarCA=\(certificates.authority)
                TarName=a.test
                \(keys)
                [Target1]
                HostTag=T
                TarHost=127.0.0.1
                TarPort=\(port.number)
                TarSsl=True

                """, in: directory)
        }
        let stranger = try daemon("")
        #expect(try !stranger.plainClient().receiveToEnd().isWhole)
        try stranger.waitForLog("target failed")
        let known = try daemon("TarCert=\(own.certificate)\nTarKey=\(own.key)")
        let client = try known.plainClient()
        try client.send("stressed\n")
        #expect(try client.firstLine() == "desserts")
        try waitUntil("the name") { target.errors.contains("CN = own.test") }
    }

    @Test(.enabled(if: NameFile.mayBeSet, "no mount namespace can be made"))
    func aNameThatGetsAnotherAddressIsFollowed() throws {
        let names = try NameFile("127.0.0.2 moving.test\n")
        let port = try ReservedPort()
        let daemon = try DaemonProcess(
            """
            \(Self.toTarget)
            TarHost=moving.test
            TarPort=\(port.number)
            [Host2]
            Hosts=*
            BindIpAddr=127.0.0.2
            BindNonPort=\(port.number)
            Handler=time
            [Host3]
            Hosts=*
            BindIpAddr=127.0.0.3
            BindNonPort=\(port.number)
            Handler=daytime

            """, launcher: names.launcher)
        // RFC 868: four bytes; a text of RFC 867 has more.
        #expect(try daemon.plainClient().receiveAll().count == 4)
        try names.overwrite("127.0.0.3 moving.test\n")
        try daemon.wait("the other address") {
            try daemon.plainClient().receiveText().hasSuffix("-UTC\r\n")
        }
    }

    @Test func aTargetMayBeAnUnixSocket() throws {
        let directory = try TemporaryDirectory()
        let socket = directory("app.sock")
        let program = try ChildProcess(
            ["socat", "UNIX-LISTEN:\(socket),fork", "EXEC:cat"])
        defer { withExtendedLifetime(program) {} }
        try waitUntil("the socket of socat") { unsafe access(socket, F_OK) == 0 }
        let daemon = try DaemonProcess(
            """
            \(Self.toTarget)
            TarHost=unix:\(socket)

            """, in: directory)
        #expect(try daemon.plainClient().exchange(Self.bytes(100_000)) == Self.bytes(100_000))
    }

    @Test func aTargetThatIsDownCostsNobodyAndIsToldOnce() throws {
        let directory = try TemporaryDirectory()
        let dead = try ReservedPort()
        let (daemon, _) = try Self.daemon(
            in: directory, keys: "TarFall=2\nTarDownTime=1h",
            more: "[Target2]\nHostTag=T\nTarHost=127.0.0.1\nTarPort=\(dead.number)\n")
        for _ in 0..<20 { #expect(try daemon.plainClient().exchange([1, 2]) == [1, 2]) }
        try daemon.waitForLog("target 127.0.0.1:\(dead.number) is down")
        #expect(daemon.log(": Connection refused").count == 2)
        #expect(daemon.log("is down").count == 1)
    }

    @Test func aTargetThatIsTheHostItselfIsToldAndNotReached() throws {
        let directory = try TemporaryDirectory()
        let port = try ReservedPort()
        let text = """
            [Host1]
            Hosts=*
            HostTag=T
            BindIpAddr=0.0.0.0
            BindNonPort=\(port.number)
            Handler=proxy
            [Target1]
            HostTag=T
            TarHost=localhost
            SocketFamily=sfIPv4

            """
        let daemon = try DaemonProcess(text, in: directory)
        let client = try PlainClient(to: "127.0.0.1", port: port.number)
        #expect(try !client.receiveToEnd().isWhole)
        try daemon.waitForLog(": this host itself listens there")
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log("cannot connect to target").count == 1)
        let file = try directory.write(text, to: "own.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.errors.contains("[Target1] leads back to [Host1]"), "\(check.errors)")
    }

    @Test func checksFindATargetThatComesAndGoes() throws {
        let directory = try TemporaryDirectory()
        let late = try ReservedPort()
        let (daemon, _) = try Self.daemon(
            in: directory, keys: "TarCheck=50ms\nTarFall=2\nTarRise=2",
            more: "[Target2]\nHostTag=T\nTarHost=127.0.0.1\nTarPort=\(late.number)\n")
        try daemon.waitForLog("target 127.0.0.1:\(late.number) is down: Connection refused")
        let program = try ChildProcess(
            ["socat", "TCP-LISTEN:\(late.number),bind=127.0.0.1,reuseaddr,fork", "EXEC:cat"])
        try daemon.waitForLog("target 127.0.0.1:\(late.number) is up again")
        program.send(SIGKILL)
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func aCheckShakesHandsWithATargetThatSpeaksTLS() throws {
        let directory = try TemporaryDirectory()
        let keys = "TarCA=\(directory("authority.pem"))\nTarCheck=50ms\nTarFall=1"
        let (stranger, port) = try Self.daemon(in: directory, keys: keys, target: "TarSsl=True")
        try stranger.waitForLog(
            "target 127.0.0.1:\(port.number) is down: its certificate was refused: IP address")
        let (known, _) = try Self.daemon(
            in: directory, keys: keys + "\nTarName=a.test", target: "TarSsl=True",
            logLevel: "debug")
        try known.waitForLog("client 127.0.0.1", count: 3)
        #expect(known.log("is down") == [] && known.log("handshake") == [])
    }

    @Test(arguments: [
        ("v1", Array("PROXY UNKNOWN\r\n".utf8)),
        ("v2", [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x20, 0, 0, 0]),
    ])
    func aCheckTellsThatItIsNobody(_ version: String, _ header: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        let port = try ReservedPort()
        let listener = try ChildProcess([
            "socat", "-u", "TCP-LISTEN:\(port.number),bind=127.0.0.1,reuseaddr", "STDOUT",
        ])
        let daemon = try Self.daemon(
            in: directory, keys: "TarCheck=50ms\nSendProxy=\(version)",
            more: "[Target2]\nHostTag=T\nTarHost=127.0.0.1\nTarPort=\(port.number)\n")
        #expect(try listener.waitForEnd() == .exited(0))
        #expect(listener.outputBytes == header)
        withExtendedLifetime(daemon) {}
    }

    @Test func aHostWithoutATargetIsAMistakeOfTheFile() throws {
        let directory = try TemporaryDirectory()
        let file = directory("site.conf")
        _ = try directory.write(
            """
            [Host1]
            Hosts=*
            HostTag=T
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=proxy
            """, to: "site.conf")
        let check = try Icshostd.run("check", "--config", file)
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("no enabled [Target] section has HostTag=T"))
    }

    @Test func thousandsOfRelayedClientsLeaveNothingBehind() throws {
        let directory = try TemporaryDirectory()
        let dead = try ReservedPort()
        let (daemon, _) = try Self.daemon(
            in: directory, keys: "TarFall=1000",
            more: "[Target2]\nHostTag=T\nTarHost=127.0.0.1\nTarPort=\(dead.number)\n")
        let descriptors = try daemon.descriptorCount
        try Self.meet(daemon, 1_000)
        try daemon.waitForStatus(" 0 clients")
        let memory = try daemon.memory
        try Self.meet(daemon, 10_000)
        try daemon.waitForStatus(" 0 clients")
        try daemon.wait("\(descriptors) descriptors are left") {
            // Pipes that were used once are kept.
            try daemon.descriptorCount <= descriptors + 2 * 2 * 8
        }
        let growth = try daemon.memory - memory
        #expect(growth < 2_048 || Sanitizer.isOn, "\(growth) KiB more")
        #expect(try daemon.stop() == .exited(0))
    }

    /// Made once: each takes a debug build 0.2 s.
    private static let (much, more) = (bytes(300_000), bytes(400_000))

    private static func meet(_ daemon: DaemonProcess, _ count: Int) throws {
        for number in 0..<count {
            let client = try daemon.plainClient()
            switch number % 8 {
            case 0:
                try client.send(much)
                client.reset()
            case 1:
                client.reset()
            case 2:
                try #require(try client.echoes("hello"))
                client.close()
            case 3 where number % 64 == 3:
                try #require(try client.exchange(more) == more)
            default:
                try #require(try client.exchange([1, 2, 3]) == [1, 2, 3])
            }
        }
    }
}
