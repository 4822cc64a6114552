/// Serves the clients of the hosts that name it with `Handler=`.
///
/// One instance serves all clients of one host, on all event loops at once; what it stores must be
/// safe to share. A handler is straight-line async code: each client is served by one call of
/// ``serve(_:)``, which always runs on the thread of that client's event loop, so a handler never
/// blocks: whatever waits is an `await`.
public protocol Handler: Sendable {
    /// The word that `Handler=` takes, in lower case, such as `echo`.
    static var name: String { get }

    /// One line on what clients get, which `icshostd handlers` and the manual page show.
    static var summary: String { get }

    /// The handler's own keys, allowed in the sections of the hosts that name it.
    static var keys: [any DeclaredKey] { get }

    /// What sets the handler apart from others before any host has it, such as that its clients speak
    /// HTTP; the default is nothing.
    static var traits: HandlerTraits { get }

    /// Whether a client needs no handler before its first byte.
    ///
    /// Such a client begins at rest: until it sends something it costs a fifth of one that a task
    /// waits for. Right for a protocol in which the client speaks first; the default is false.
    static var startsAtRest: Bool { get }

    /// What a plain client beyond `MaxClients` gets in place of `BannerTooBusy`: a whole answer of the
    /// protocol. A handler that has one speaks second, so its clients get no `Banner` either; the
    /// default is nil.
    static var busyAnswer: String? { get }

    /// How long a client that begins at rest may take to its first byte; it is served then, and its
    /// first wait throws ``ClientError/timedOut``. The default is nil, for ever.
    var firstByteTimeout: Duration? { get }

    /// What the handler speaks over TLS, best first, by the names of the ALPN registry, such as
    /// `http/1.1`; the default is none.
    ///
    /// A client that offers only others is refused in the handshake; one that offers nothing is served.
    /// With none, offers are ignored.
    static var applicationProtocols: [String] { get }

    /// Makes the instance that serves one host, before the host's listeners open.
    ///
    /// - Parameter options: a value for each of ``keys``, checked against its type and range.
    /// - Throws: whatever keeps the host from serving; ``HandlerOptionError`` names the key that is
    ///   to blame, and its place in the file is reported as a mistake, or as the trouble of this host. Any other error leaves this
    ///   host out and lets the rest serve.
    init(_ options: HandlerOptions) throws

    /// How the targets are that the handler joins its clients with, in the order of the file; the default
    /// is none.
    ///
    /// Any thread asks, each second: it returns what is known, and never waits. A host with a target that
    /// is down is shown as degraded.
    var targets: [TargetStatus] { get }

    /// Opens the host's log files anew before the next line: a program such as logrotate(8) has renamed them,
    /// and sent SIGUSR1.
    ///
    /// Called from any thread, also while old clients of a host that a reload has changed are still
    /// connected; it never waits. The default does nothing.
    func reopenLogs()

    /// Serves one client.
    ///
    /// The server closes the connection when this returns ``Afterwards/close`` or throws. The task
    /// is cancelled, and each wait on the client throws ``ClientError/cancelled``, when the drain
    /// period of a stopping server ends. Errors of the client itself are the normal end of many
    /// connections: let them pass through.
    ///
    /// - Parameter client: the connection, valid until this call returns.
    /// - Throws: whatever ends the client; an error of the handler's own is logged.
    /// - Returns: whether the server closes the connection or keeps it at rest.
    @concurrent func serve(_ client: Client) async throws -> Afterwards

    /// Serves what has arrived from a client at rest, as far as that takes no wait.
    ///
    /// A task for each short answer costs as much as many answers do; a handler whose clients rest
    /// between them can do without. Called on the client's loop, which it must not keep: read with
    /// ``Peer/readArrived(_:)``, and leave the rest to a task once ``Peer/needsFlush`` is true.
    ///
    /// - Parameter client: the connection, from which something has arrived, its end included.
    /// - Throws: whatever ends the client, as ``serve(_:)`` does.
    /// - Returns: what comes next; nil, the default, to be called by ``serve(_:)`` for all of it.
    func serveAtOnce(_ client: Client) throws -> ServedAtOnce?
}

extension Handler {
    /// No keys.
    public static var keys: [any DeclaredKey] { [] }

    /// None.
    public static var traits: HandlerTraits { HandlerTraits() }

    /// Takes no part in ALPN.
    public static var applicationProtocols: [String] { [] }

    /// Served from the first moment.
    public static var startsAtRest: Bool { false }

    /// `BannerTooBusy`.
    public static var busyAnswer: String? { nil }

    /// All is served in tasks.
    public func serveAtOnce(_ client: Client) throws -> ServedAtOnce? { nil }

    /// Has no log files.
    public func reopenLogs() {}

    /// None.
    public var targets: [TargetStatus] { [] }

    /// For ever.
    public var firstByteTimeout: Duration? { nil }
}
