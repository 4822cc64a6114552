import ChatHandler
import Daemon
Daemon.run(handlers: [Chat.self])
