import GreetingHandler
import SocketServerDaemon

Daemon.run(handlers: [Greeting.self])
