internal import Daemon
internal import Handlers

@main enum Main {
    static func main() { Daemon.run(handlers: BuiltinHandlers.all) }
}
