internal import NetworkTypes

/// What a client is to an engine: the superclass of the clients of a server and of a script.
///
/// Handlers never see one: they have a ``Client``, whose methods call these.
open class ClientCore: PeerCore, @unchecked Sendable {
    // Sendable because every PeerCore is.

    /// See ``Client/hostTag``.
    open var hostTag: String { abstract() }

    /// See ``Client/via``.
    open var via: Via? { nil }

    /// See ``Client/serverName``.
    open var serverName: String? { abstract() }

    /// See ``Client/tlsCipher``.
    open var tlsCipher: String? { nil }

    /// See ``Client/applicationProtocol``.
    open var applicationProtocol: String? { nil }

    /// See ``Client/certificate``.
    open var certificate: ClientCertificate? { nil }

    /// See ``Client/isDraining``.
    open var isDraining: Bool { abstract() }

    /// See ``Client/log(_:_:)``.
    open func log(_ level: LogLevel, _ message: @autoclosure () -> String) { abstract() }

    /// See ``Client/log(_:about:_:)``.
    open func log(
        _ level: LogLevel, about topic: String, _ detail: @autoclosure () -> String
    ) { log(level, "\(topic): \(detail())") }

    /// See ``Client/reportTrouble(_:_:errno:)``.
    open func reportTrouble(
        _ subject: String, _ message: @autoclosure () -> String, errno errorNumber: Int32? = nil
    ) { log(.warning, about: subject, message()) }

    /// Gives a job to a thread that may block; handlers call `Client.offLoop`.
    ///
    /// - Returns: false when too many jobs wait already, `job` is dropped then.
    open func perform(offLoop job: @escaping @Sendable () -> Void) -> Bool { abstract() }

    /// See ``Client/run(_:)``.
    open func run(_ program: Program) async throws -> ProgramEnd { abstract() }

    /// See ``Client/connect(to:whenClosed:)``.
    open func connect(
        to target: DialTarget, whenClosed: (@Sendable (Traffic) -> Void)?
    ) async throws -> PeerCore { abstract() }

    /// See ``Client/relay(to:idleTimeout:)``.
    open func relay(to peer: PeerCore, idleTimeout: Duration?) async throws -> Traffic {
        abstract()
    }

    /// See ``Client/handle``.
    open var handle: ClientHandle { abstract() }

    /// See ``Client/info``.
    open var info: ClientInfo { abstract() }

    /// A number that the handler keeps with its client, over rests too; 0 at first.
    open var note: UInt64 {
        get { abstract() }
        set { abstract() }
    }

    /// What handlers keep once per event loop.
    open var loopLocals: LoopLocals { abstract() }

    /// See ``Client/host(for:)``.
    open func host(for name: Span<UInt8>) -> NamedHost { .own }

    /// See ``Client/offersTLS``.
    open var offersTLS: Bool { false }

    /// See ``Client/requiresTLS``.
    open var requiresTLS: Bool { false }

    /// See ``Client/isForChallenge``.
    open var isForChallenge: Bool { false }

    /// See ``Client/startTLS(unread:)``.
    open func startTLS(unread: Int) async throws { throw ClientError.tlsNotOffered }
}
