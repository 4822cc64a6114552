package import EventLoops
internal import Files
package import HandlerAPI
package import Platform
package import Serving

/// The running parts of a server: its loops, the keeper of its certificates and the writer of its access logs.
///
/// A server in code has one, and so has the daemon.
package final class ServerEngine: Sendable {
    /// The loops and their hosts.
    package let server: Server
    /// The keeper of the certificates of all hosts.
    package let certificates: CertificateKeeper
    private let logWriter = LogWriter()

    /// Creates the loops, without hosts.
    ///
    /// - Parameters:
    ///   - loops: the loops of its clients; nil to create some.
    ///   - options: the settings for all hosts.
    ///   - level: the lowest level of events to report.
    ///   - bell: rung when a loop has events to read.
    ///   - observer: gets events beside the queues.
    ///   - post: receives events about certificates and access logs, on any thread.
    /// - Throws: the error of creating a loop.
    package init(
        on loops: EventLoopGroup? = nil, options: ServerOptions, level: LogLevel, bell: EventBell,
        observer: (any ServerObserver)? = nil, post: @escaping @Sendable (ServerEvent) -> Void
    ) throws {
        let server = try Server(
            on: loops, options: options, level: level, bell: bell, observer: observer,
            shared: [logWriter])
        self.server = server
        certificates = try CertificateKeeper(access: server.access, post: post)
        logWriter.listen { [weak server] tag, news in
            if let server { post(news.event(ofHostsTagged: tag, on: server)) }
        }
    }

    /// Starts all threads.
    ///
    /// - Parameter onChange: receives the hosts whose certificates turn out bad or good, on the keeper's thread.
    /// - Throws: the error of starting a thread.
    package func start(
        onChange: @escaping @Sendable ([CertificateKeeper.Change]) -> Void
    ) throws(SystemError) {
        try certificates.start([], found: [], onChange: onChange)
        try server.start()
    }

    /// Stops all threads, and writes what is left of the access logs.
    ///
    /// - Parameter limit: how long to wait for the loops, after the handlers had their time to stop; nil to leave them.
    /// - Returns: whether the loops have stopped: a handler may block one for good.
    package func stop(within limit: Duration?) -> Bool {
        let hasStopped = limit.map { server.stop(within: $0) } ?? false
        logWriter.writeAll()
        // Even when a loop is left and `deinit` never comes.
        server.opened.removeSocketFiles()
        certificates.stop()
        return hasStopped
    }
}
