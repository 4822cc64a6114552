public import HandlerAPI

/// The handlers that icshostd brings along.
public enum BuiltinHandlers {
    /// One line for each; a program of your own passes these and its own to the daemon.
    public static let all: [any Handler.Type] = [
        ChargenHandler.self,
        DaytimeHandler.self,
        DiscardHandler.self,
        EchoHandler.self,
        ExecHandler.self,
        ModuleHandler.self,
        ProxyHandler.self,
        RedirectHandler.self,
        TimeHandler.self,
        WebHandler.self,
    ]

    /// The keys of a built-in handler, for a handler that hands clients to it: those that it lists too are read from
    /// its own hosts (``HandlerAPI/HandlerOptions/handler(named:_:)``).
    ///
    /// - Parameter name: its name, in lower case; one that no built-in handler has ends the program.
    /// - Returns: its keys in the order of the manual.
    public static func keys(of name: String) -> [any DeclaredKey] {
        let type = all.first { $0.name == name }
        precondition(type != nil, "no built-in handler is named \"\(name)\"")
        return type?.keys ?? []
    }
}
