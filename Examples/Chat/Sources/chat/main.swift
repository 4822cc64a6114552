import ChatHandler
import SocketServerDaemon

Daemon.run(handlers: [Chat.self])
