/// Why a client's connection ended; the raw value is the CLOSE_REASON of the journal.
@nonexhaustive
public enum CloseReason: String, Sendable {
    /// The handler was done; the client had not ended its side.
    case served
    /// The peer ended its side and the handler returned.
    case peerClosed = "peer-closed"
    /// The connection broke.
    case disconnected
    /// The handler's deadline passed.
    case timeout
    /// The peer broke the protocol: what it sent was too long, or ended too early.
    case protocolError = "protocol-error"
    /// The target that the handler dialed for the client could not be reached, or broke.
    case targetFailed = "target-failed"
    /// The handler threw an error of its own, or sent without waiting.
    case handlerError = "handler-error"
    /// The handler could not finish what it had begun to send.
    case aborted
    /// The handshake took longer than `HandshakeTimeout`.
    case handshakeTimeout = "handshake-timeout"
    /// The handshake failed.
    case handshakeFailed = "handshake-failed"
    /// The server name is not served here (alert `unrecognized_name`).
    case unrecognizedName = "unrecognized-name"
    /// There were `MaxClients` already.
    case tooManyClients = "too-many-clients"
    /// The last tenth of `MaxClients` is for hosts that have less than their share.
    case hostTooBusy = "host-too-busy"
    /// The program does not admit it.
    case notAdmitted = "not-admitted"
    /// Its address may not connect: `AllowFrom`, `DenyFrom`.
    case addressDenied = "address-denied"
    /// The peer is none of the load balancers that may connect (`ProxyProtocol=require`, `TrustedProxies`).
    case untrustedProxy = "untrusted-proxy"
    /// The load balancer sent no valid header of the PROXY protocol.
    case proxyHeader = "proxy-header"
    /// Its host is down.
    case hostDown = "host-down"
    /// The `DrainTimeout` of its server or host expired.
    case drained
    /// An operator disconnected it.
    case disconnectedByOperator = "operator"
    /// The program disconnected it (``ClientHandle/disconnect(_:)``).
    case disconnectedByProgram = "program"
    /// The loop could not watch the connection.
    case systemError = "system-error"
}
