import Glibc
import TLS
import TestSupport
import Testing

/// The keys of session tickets: they change, and may be shared.
@Suite struct TicketKeysTests {
    let host: TLSIdentity
    let directory: TemporaryDirectory

    init() throws {
        let maker = try HostMaker()
        host = try maker.host("a.example")
        directory = try TemporaryDirectory()
    }

    private func connect(
        _ keys: TicketKeys, _ version: TLSPolicy.Version, offering session: ClientSession? = nil
    ) throws -> (resumed: Bool, session: ClientSession?) {
        let connection = try Connection(
            Hosts([:], fallback: host), context: host.context,
            port: TLSPort(ticketKeys: FixedTicketKeys(keys)))
        let client = try TestClient(
            socket: connection.peer, name: "a.example", versions: version...version,
            resuming: session)
        #expect(connection.handshake(with: client).client == .done)
        #expect(connection.write([1]) == .bytes(1))
        #expect(client.read().bytes == [1])
        client.shutdown()
        return (client.isResumed, client.session)
    }

    @Test(arguments: [TLSPolicy.Version.tls12, .tls13])
    func aKeyOpensForOneRotationMore(_ version: TLSPolicy.Version) throws {
        let keys = TicketKeys()
        let first = try connect(keys, version)
        let second = try connect(keys.rotated(), version, offering: first.session)
        #expect(second.resumed)
        #expect(try !connect(keys.rotated().rotated(), version, offering: first.session).resumed)
        #expect(try !connect(TicketKeys(), version, offering: first.session).resumed)
    }

    /// A client that comes back under the old key leaves with a ticket of the new one.
    @Test(arguments: [TLSPolicy.Version.tls12, .tls13])
    func aTicketOfAnOldKeyIsRenewed(_ version: TLSPolicy.Version) throws {
        let keys = TicketKeys()
        let rotated = keys.rotated()
        let first = try connect(keys, version)
        let second = try connect(rotated, version, offering: first.session)
        #expect(try connect(rotated.rotated(), version, offering: second.session).resumed)
    }

    private func file(_ bytes: [UInt8], mode: mode_t = 0o600) throws -> String {
        let path = directory("keys-\(UInt32.random(in: 0 ... .max))")
        guard let file = unsafe fopen(path, "w") else { throw TestFailure("fopen") }
        unsafe fwrite(bytes, 1, bytes.count, file)
        unsafe fclose(file)
        unsafe chmod(path, mode)
        return path
    }

    private func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255) } }

    @Test func machinesWithOneFileShareSessions() throws {
        let (old, new) = (random(80), random(80))
        let one = try TicketKeys.read(try file(old)).keys
        let same = try TicketKeys.read(try file(old)).keys
        let first = try connect(one, .tls13)
        #expect(try connect(same, .tls13, offering: first.session).resumed)
        // A new key goes in front: the old one still opens, and seals no more.
        let both = try TicketKeys.read(try file(new + old)).keys
        let second = try connect(both, .tls13, offering: first.session)
        #expect(second.resumed)
        #expect(try !connect(one, .tls13, offering: second.session).resumed)
        let later = try TicketKeys.read(try file(new)).keys
        #expect(try connect(later, .tls13, offering: second.session).resumed)
    }

    @Test(arguments: [0, 1, 48, 79, 81, 159, 9 * 80])
    func aFileOfAnotherSizeIsRefused(_ size: Int) throws {
        let path = try file(random(size))
        let error = #expect(throws: TLSError.self) { _ = try TicketKeys.read(path) }
        #expect(
            error?.message
                == "ticket key file \"\(path)\" must have 1 to 8 keys of 80 bytes, and has a length of \(size)"
        )
    }

    @Test func filesThatCannotBeReadAreNamed() {
        for (path, reason) in [
            ("/nowhere", "cannot be read: no such file or directory"),
            ("/tmp", "is not a regular file"), ("/dev/zero", "is not a regular file"),
        ] {
            let error = #expect(throws: TLSError.self) { _ = try TicketKeys.read(path) }
            #expect(error?.message == "ticket key file \"\(path)\" \(reason)")
        }
    }

    @Test func aFileThatEverybodyReadsIsToldOf() throws {
        #expect(try TicketKeys.read(try file(random(80), mode: 0o644)).isExposed)
        #expect(try !TicketKeys.read(try file(random(640), mode: 0o640)).isExposed)
    }
}
