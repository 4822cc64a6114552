internal import Handlers
internal import SocketServerDaemon

@main enum Main {
    static func main() { Daemon.run(handlers: BuiltinHandlers.all) }
}
