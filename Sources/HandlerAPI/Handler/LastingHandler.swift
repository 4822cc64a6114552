/// A handler that does something beside serving clients: it starts before the first one comes, and
/// stops after the last one has gone.
///
/// It lives as long as its host is up and unchanged: a reload that does not touch the host keeps it. A
/// host that a reload changes gets a new instance at once; the old one serves the clients it has,
/// and stops then.
public protocol LastingHandler: Handler {
    /// Starts, before the first client comes.
    ///
    /// All hosts of a start or reload together have 5 s.
    ///
    /// - Parameter host: good for work in the background, until the host ends.
    /// - Throws: what keeps the host from serving: it is down, and the rest serve.
    func start(_ host: HostContext) async throws

    /// Stops, after the work in the background was cancelled and has ended.
    ///
    /// When the server stops, all hosts together have 2 s.
    func stop() async
}

extension LastingHandler {
    /// Nothing to stop but the work in the background.
    public func stop() async {}
}
