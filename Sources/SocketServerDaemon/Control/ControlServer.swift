internal import Configuration
internal import EventLoops
internal import Glibc
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// Listens on the control socket, on the supervisor's loop.
///
/// Only root and the user of the daemon are permitted: by the permissions of the file, and by the
/// credentials of the peer (`SO_PEERCRED`, unix(7)).
final class ControlServer: EventSource {
    /// The maximum number of control clients; further ones are refused.
    static let sessionLimit = 16
    /// The maximum number of refused clients that read the reason; further ones are closed at once.
    private static let leavingLimit = 16
    /// The number of control clients that the kernel queues.
    private static let backlog = 16
    /// How long it pauses when there are no descriptors.
    private static let pause = Duration.seconds(1)

    private let listener: ListeningSocket
    private let loop: EventLoop
    private let perform: (ControlRequest, ControlSession) -> Void
    private var source: SourceID?
    private var sessions: [ControlSession] = []

    /// Binds the socket.
    ///
    /// - Parameters:
    ///   - address: the address of the socket.
    ///   - loop: the supervisor's, which serves the clients.
    ///   - perform: executes a request.
    /// - Throws: the call that failed.
    init(
        at address: UnixAddress, on loop: EventLoop,
        perform: @escaping (ControlRequest, ControlSession) -> Void
    ) throws(SystemError) {
        var options = ListenerOptions()
        options.unixMode = 0o600
        listener = try ListeningSocket(
            on: .unix(address), options: options, backlog: ControlServer.backlog)
        self.loop = loop
        self.perform = perform
    }

    /// `ControlSocket`, or else `control` in `$RUNTIME_DIRECTORY`, which systemd sets, or else in
    /// that of the program, such as `/run/icshostd`.
    static func path(_ settings: ServerSettings) -> String {
        settings.controlSocket ?? runtimeDirectory + "/control"
    }

    /// The directory that systemd creates for `RuntimeDirectory=` at each start.
    static var runtimeDirectory: String {
        let listed = Environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first
        return listed.map(String.init) ?? ProgramIdentity.current.runtimeDirectory
    }

    /// Whether clients can connect: the file has not been removed or replaced.
    var isReachable: Bool { listener.isReachable }

    /// Starts to accept clients, on the loop.
    func open() throws(SystemError) {
        let source = loop.add(self)
        self.source = source
        try loop.watch(listener.number, for: source, .readable)
    }

    /// Disconnects all clients and removes the socket file.
    func close() {
        listener.removeFile()
        if let source {
            loop.unwatch(listener.number)
            loop.remove(source)
        }
        source = nil
        for session in sessions { session.end() }
    }

    func descriptorReady(_ readiness: Readiness) {
        switch listener.accept() {
        case .accepted(let socket, let peer):
            begin(socket, peer)
        case .empty:
            break
        case .vanished:
            break
        case .exhausted:
            guard let source else { return }
            loop.unwatch(listener.number)
            loop.setDeadline(source, after: ControlServer.pause)
        }
    }

    func deadlinePassed() {
        guard let source else { return }
        do throws(SystemError) {
            try loop.watch(listener.number, for: source, .readable)
        } catch {
            loop.setDeadline(source, after: ControlServer.pause)
        }
    }

    private func begin(_ socket: consuming StreamSocket, _ peer: SocketAddress) {
        let session = ControlSession(
            socket: socket, on: loop, onEnd: { [weak self] in self?.forget($0) }, perform: perform)
        let leaving = sessions.count(where: \.isLeaving)
        let isFull = sessions.count - leaving >= ControlServer.sessionLimit
        sessions.append(session)
        session.begin()
        let user = peer.unixPeer?.userID
        if user != 0, user != geteuid() {
            session.fail(
                ControlRequest.Mistake(
                    code: "forbidden", message: "only root and the user of the daemon are permitted"
                ),
                isLast: true)
            limitRefused(session, leaving)
        } else if isFull {
            session.fail(
                ControlRequest.Mistake(
                    code: "busy",
                    message: "too many control clients: the limit is \(ControlServer.sessionLimit)"),
                isLast: true)
            limitRefused(session, leaving)
        }
    }

    /// Closes a refused client at once, when too many others are still reading the reason.
    private func limitRefused(_ session: ControlSession, _ leaving: Int) {
        if leaving >= ControlServer.leavingLimit { session.end() }
    }

    private func forget(_ session: ControlSession) {
        sessions.removeAll { $0 === session }
    }
}
