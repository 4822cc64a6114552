import Glibc
import TestSupport
import Testing

private let canMakeMountNamespaces =
    (try? Command(["unshare", "-m", "true"]).end) == .exited(0)

/// Native records, written to a socket that stands in for journald's in a mount namespace.
@Suite(.enabled(if: canMakeMountNamespaces, "needs the right to make mount namespaces"))
struct JournalScenarios {
    /// Puts the stand-in where libsystemd looks, and names standard error as journald's stream.
    private static let launcher = [
        "unshare", "-m", "sh", "-c",
        """
        mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal &&
        mount --bind "$1" /run/systemd/journal || exit 99
        JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2); export JOURNAL_STREAM
        shift; exec "$@"
        """, "sh",
    ]

    private let directory: TemporaryDirectory
    private let pair: Certificates.Pair
    private let journal: CInt

    init() throws {
        directory = try TemporaryDirectory()
        pair = try Certificates(in: directory).pair("a.test")
        unsafe mkdir(directory("journal"), 0o755)
        journal = try UnixDatagramSocket.bind(directory("journal/socket"))
    }

    @Test func aFrozenJournalKeepsNobodyFromBeingServedAndHearsLaterWhatItMissed() throws {
        defer { close(journal) }
        let daemon = try start("daytime")
        let port = try daemon.statusPorts()[0]
        // More than the kernel and the queue of the only loop hold together.
        for _ in 0..<6_000 {
            let client = try PlainClient(to: "127.0.0.1", port: port)
            try #require(try client.receiveText().hasSuffix("-UTC\r\n"))
        }
        try daemon.waitForStatus(" 6000 accepted, ")
        let record = try record { $0["MESSAGE_ID"] == "5bb98473546e4766bf4b3cdc326dadc3" }
        let count = record["MESSAGE"]?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        #expect((1..<6_000).contains(count))
        #expect(record["PRIORITY"] == "4")
    }

    @Test func aDaemonEndsAlthoughItsJournalIsFrozen() throws {
        defer { close(journal) }
        let daemon = try start("daytime")
        let port = try daemon.statusPorts()[0]
        for _ in 0..<1_000 {
            _ = try PlainClient(to: "127.0.0.1", port: port).receiveAll()
        }
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func aRecordCarriesWhatIsKnownOfItsClient() throws {
        defer { close(journal) }
        let daemon = try start("echo")
        let port = try daemon.statusPorts()[1]
        let client = try TLSClient(
            to: "127.0.0.1", port: port, name: "a.test", version: .tls13)
        #expect(try client.echoes("hello"))
        client.endOutput()
        #expect(try client.receiveAll() == [])
        let record = try record { $0["CLOSE_REASON"] != nil }
        #expect(record["MESSAGE_ID"] == "9987186581794e6c910c4a3ed54f16e9")
        #expect(record["PRIORITY"] == "7")
        #expect(record["SYSLOG_IDENTIFIER"] == "icshostd")
        #expect(record["HOST_TAG"] == "SHOP")
        #expect(record["CLIENT_ADDRESS"] == "127.0.0.1")
        #expect(record["CLIENT_PORT"].flatMap { UInt16($0) } != nil)
        #expect(record["LISTENER"] == "127.0.0.1:\(port) ssl")
        #expect(record["SERVER_NAME"] == "a.test")
        #expect(record["TLS_VERSION"] == "TLSv1.3")
        #expect(record["HANDLER"] == "echo")
        #expect(record["CONNECTION_ID"].flatMap { UInt64($0) } != nil)
        #expect(record["CLOSE_REASON"] == "peer-closed")
        #expect(record["BYTES_IN"] == "5")
        #expect(record["BYTES_OUT"] == "5")
        #expect((record["DURATION_USEC"].flatMap { Int($0) } ?? 0) > 0)
        #expect(record["MESSAGE"]?.contains("closed: closed by the client") == true)
        #expect(daemon.log.isEmpty)
    }

    @Test func aRecordBeforeTheNameIsKnownCarriesTheDefaultHost() throws {
        defer { close(journal) }
        let daemon = try start("echo")
        let client = try PlainClient(to: "127.0.0.1", port: daemon.statusPorts()[1])
        try client.send("GET / HTTP/1.0\r\n\r\n")
        _ = try client.receiveAll()
        let record = try record { $0["CLOSE_REASON"] != nil }
        #expect(record["CLOSE_REASON"] == "handshake-failed")
        #expect(record["HOST_TAG"] == "SHOP")
        #expect(record["PRIORITY"] == "6")
        #expect(record["SERVER_NAME"] == nil)
        #expect(record["TLS_VERSION"] == nil)
    }

    private func start(_ handler: String) throws -> DaemonProcess {
        let daemon = try DaemonProcess(
            starting: """
                [Server]
                Workers=1
                LogLevel=debug
                [Host1]
                Hosts=a.test
                HostTag=SHOP
                BindIpAddr=127.0.0.1
                BindNonPort=auto
                BindSslPort=auto
                \(pair.settings)
                Handler=\(handler)
                """,
            in: directory, launcher: JournalScenarios.launcher + [directory("journal")])
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        return daemon
    }

    /// Waits for the first record that is meant, in journald's native protocol.
    private func record(_ isMeant: ([String: String]) -> Bool) throws -> [String: String] {
        while true {
            try waitUntilReady(journal, POLLIN, "a record")
            let record = parse(UnixDatagramSocket.receive(journal)?.bytes ?? [])
            if isMeant(record) { return record }
        }
    }

    /// Lines of `NAME=value`, or `NAME`, a little-endian 64-bit length, and the value.
    private func parse(_ bytes: [UInt8]) -> [String: String] {
        var record: [String: String] = [:]
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(decoding: line[..<equals], as: UTF8.self)
                record[name] = String(decoding: line[(equals + 1)...], as: UTF8.self)
            } else {
                let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
                let value = rest.dropFirst(8).prefix(length)
                record[String(decoding: line, as: UTF8.self)] = String(
                    decoding: value, as: UTF8.self)
                rest = rest.dropFirst(8 + length + 1)
            }
        }
        return record
    }
}
