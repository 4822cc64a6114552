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
        RedirectHandler.self,
        TimeHandler.self,
        WebHandler.self,
    ]
}
