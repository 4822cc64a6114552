import Glibc
import TLS
import TestSupport

/// A server session on one end of a socket pair.
final class Connection {
    let session: TLSSession
    let port: TLSPort
    let hosts: Hosts
    let socket: CInt
    /// The other end, for a client.
    private(set) var peer: CInt

    init(
        _ hosts: Hosts, context: TLSContext, port: TLSPort? = nil, sendBuffer: CInt? = nil
    ) throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw TestFailure("socketpair")
        }
        (socket, peer) = (ends[0], ends[1])
        self.hosts = hosts
        self.port = try port ?? TLSPort(ticketKeys: FixedTicketKeys.shared)
        session = try TLSSession(context: context, port: self.port)
        if var sendBuffer {
            for end in ends {
                unsafe setsockopt(end, SOL_SOCKET, SO_SNDBUF, &sendBuffer, 4)
            }
        }
    }

    deinit {
        close(socket)
        closePeer()
    }

    /// Closes the client's end.
    func closePeer() {
        guard peer >= 0 else { return }
        // Not the close alone: a process that another test starts at this moment holds a copy of
        // the descriptor until it has become another program.
        shutdown(peer, CInt(SHUT_RDWR))
        close(peer)
        peer = -1
    }

    // #expect cannot look into a noncopyable value.
    var version: String { session.version }
    var cipher: String { session.cipher }
    var group: String? { session.group }
    var serverName: String? { session.serverName }
    var applicationProtocol: String? { session.applicationProtocol }
    var peerCertificate: PeerCertificate? { session.peerCertificate }
    var isResumed: Bool { session.isResumed }
    var hasBufferedInput: Bool { session.hasBufferedInput }

    func handshake() -> TLSHandshakeStep {
        session.handshake(socket: socket, port: port, chooser: hosts)
    }

    /// Reads once, at most `capacity` bytes.
    func read(capacity: Int = 16_384) -> (result: TLSReadResult, bytes: [UInt8]) {
        var result = TLSReadResult.end
        let bytes = [UInt8](capacity: capacity) { buffer in
            result = session.read(into: &buffer, socket: socket, port: port)
        }
        return (result, bytes)
    }

    func write(_ bytes: ArraySlice<UInt8>) -> TLSWriteResult {
        session.write(bytes.span, socket: socket, port: port)
    }

    /// Sends bytes as they are, past any TLS.
    func sendRaw(_ bytes: [UInt8]) {
        _ = unsafe send(peer, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// Lets both sides take turns until both have come to an end.
    func handshake(with client: TestClient) -> (server: TLSHandshakeStep, client: TestClient.Step) {
        var server = TLSHandshakeStep.wantsRead
        var other = TestClient.Step.waits
        for _ in 0..<20 {
            if other == .waits { other = client.handshake() }
            if server.isWaiting { server = handshake() }
            if other != .waits, !server.isWaiting { break }
        }
        return (server, other)
    }
}

/// Ticket keys that stay.
final class FixedTicketKeys: TicketKeySource {
    static let shared = FixedTicketKeys(TicketKeys())

    let ticketKeys: TicketKeys

    init(_ keys: TicketKeys) {
        ticketKeys = keys
    }
}

extension TLSHandshakeStep {
    var isWaiting: Bool {
        switch self {
        case .wantsRead, .wantsWrite: true
        default: false
        }
    }

    /// The identity, if the handshake is done.
    var identity: TLSIdentity? { if case .done(let identity) = self { identity } else { nil } }

    /// The error, if the handshake failed.
    var error: TLSError? { if case .failed(let error) = self { error } else { nil } }
}
