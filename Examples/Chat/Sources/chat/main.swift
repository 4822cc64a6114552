import ChatHandler
import SocketServerDaemon

Daemon.run(
    handlers: [Chat.self],
    program: DaemonProgram(
        name: "chat", version: "1.0.0", summary: "Relays each line of a client to all others."))
