extension HandlerOptions {
    /// Makes a handler for the options of another one, by its name and its own keys.
    package typealias HandlerMaking =
        @Sendable (HandlerOptions, _ name: String, _ keys: [(key: String, text: String)]) throws
        -> any Handler

    /// Makes another handler, to which this one hands clients with ``Afterwards/delegate(to:)``: a built-in one such as
    /// `web`, or any other that the program has registered.
    ///
    /// ```swift
    /// init(_ options: HandlerOptions) throws {
    ///     web = try options.handler(named: "web", ["WebDocDir": "/srv/www"])
    ///     echo = try options.handler(named: "echo")
    /// }
    /// ```
    ///
    /// Each of its keys has the value given here; else that of the host, if this handler lists the same key, such as
    /// with `BuiltinHandlers.keys(of: "web")`; else its default. It has the host's tag, TLS port and `[Target]` sections.
    /// A ``LastingHandler`` is started before this handler and stopped after it; targets and logs are the host's, too.
    ///
    /// - Parameters:
    ///   - name: the name of the handler, in any case.
    ///   - keys: its own keys, in any case, with values as a file spells them; a `.texts` key may be repeated.
    /// - Returns: the handler, for the clients of this host only; the server owns it as it owns this one.
    /// - Throws: ``HandlerOptionError``, to be passed on by `init`: no such handler, an unknown key, a value that is not of
    ///   the key's type; what its own `init` throws. Also after the end of `init`, since nobody would start the handler.
    public func handler(
        named name: String, _ keys: KeyValuePairs<String, String> = [:]
    ) throws -> any Handler {
        try makeHandler(self, name, keys.map { ($0.key, $0.value) })
    }

    /// The same host for another handler.
    ///
    /// - Parameters:
    ///   - values: a value for each of its keys.
    ///   - makeHandler: makes the handlers that it asks for.
    ///   - warn: called by ``warn(_:_:)``.
    /// - Returns: the options of the other handler.
    package func with(
        values: [String: Value], makeHandler: @escaping HandlerMaking,
        warn: @escaping @Sendable (_ key: String, _ message: String) -> Void
    ) -> HandlerOptions {
        var options = HandlerOptions(
            hostTag: hostTag, values: values, tlsPort: tlsPort, requiresTLS: requiresTLS,
            targets: targets, makeTLS: makeTLS, warn: warn)
        options.limits = limits
        options.makeHandler = makeHandler
        return options
    }
}
