import Glibc
import TLS
import TestSupport
import Testing

/// A local certificate and a session, against programs people use.
@Suite struct RealClientTests {
    let directory: TemporaryDirectory
    let certificate: String
    let host: TLSIdentity

    init() throws {
        directory = try TemporaryDirectory()
        certificate = directory("c.pem")
        try LocalCertificate.make(
            names: ["www.example.org", "127.0.0.1"], certificate: certificate,
            key: directory("c.key"))
        let context = try TLSContext(policy: TLSPolicy(applicationProtocols: ["http/1.1"]))
        host = TLSIdentity(
            certificate: try TLSCertificate.load(
                certificate: certificate, key: directory("c.key"), context: context),
            context: context, sessionScope: [1])
    }

    @Test(arguments: ["https://www.example.org", "https://127.0.0.1"])
    func curlTrustsTheLocalCertificate(_ address: String) throws {
        let server = try OneShotServer()
        let client = try ChildProcess([
            "curl", "--silent", "--show-error", "--max-time", "20", "--cacert", certificate,
            "--connect-to", "::127.0.0.1:\(server.port)", address,
        ])
        try server.serve(Hosts([:], fallback: host), answer: "HTTP/1.0 200 OK\r\n\r\nhello")
        #expect(try client.waitForEnd() == .exited(0))
        #expect(client.output == "hello")
    }

    @Test func opensslClientTrustsTheLocalCertificate() throws {
        let server = try OneShotServer()
        let client = try ChildProcess([
            "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-servername",
            "www.example.org", "-verify_hostname", "www.example.org", "-CAfile", certificate,
            "-verify_return_error", "-brief", "-ign_eof",
        ])
        try server.serve(Hosts([:], fallback: host), answer: "hello", afterRequest: false)
        client.closeInput()
        #expect(try client.waitForEnd() == .exited(0))
        #expect(client.errors.contains("Verification: OK"))
        #expect(client.output.contains("hello"))
    }

    @Test func opensslClientNamesTheRefusal() throws {
        let server = try OneShotServer()
        let client = try ChildProcess([
            "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)", "-servername",
            "other.example", "-brief",
        ])
        #expect(throws: TestFailure.self) {
            try server.serve(Hosts([:]), context: host.context, answer: "")
        }
        client.closeInput()
        _ = try client.waitForEnd()
        #expect(client.errors.contains("unrecognized name"))
    }
}

/// Serves one client on a port of 127.0.0.1, waiting with poll(2) where the session says so.
private final class OneShotServer {
    let port: UInt16
    private let listener: CInt

    init() throws {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, size) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        guard bound else { throw TestFailure("listen") }
    }

    deinit {
        close(listener)
    }

    func serve(
        _ hosts: Hosts, context: TLSContext? = nil, answer: String, afterRequest: Bool = true
    ) throws {
        try wait(listener, POLLIN)
        let client = accept(listener, nil, nil)
        defer { close(client) }
        _ = fcntl(client, F_SETFL, O_NONBLOCK)
        let loop = try TLSPort(ticketKeys: FixedTicketKeys.shared)
        guard let context = context ?? hosts.fallback?.context else { return }
        let session = try TLSSession(context: context, port: loop)
        handshake: while true {
            switch session.handshake(socket: client, port: loop, chooser: hosts) {
            case .done: break handshake
            case .wantsRead: try wait(client, POLLIN)
            case .wantsWrite: try wait(client, POLLOUT)
            case let other: throw TestFailure("\(other)")
            }
        }
        var request: [UInt8] = []
        while afterRequest, !request.reversed().starts(with: [10, 13, 10, 13]) {
            var result = TLSReadResult.end
            request += [UInt8](capacity: 4096) { buffer in
                result = session.read(into: &buffer, socket: client, port: loop)
            }
            if result == .wantsRead { try wait(client, POLLIN) }
        }
        #expect(
            session.write(Array(answer.utf8).span, socket: client, port: loop)
                == .bytes(answer.utf8.count))
        session.shutdown(socket: client, port: loop)
    }

    private func wait(_ socket: CInt, _ events: CInt) throws {
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        guard unsafe poll(&entry, 1, 20_000) == 1 else { throw TestFailure("client is silent") }
    }
}
