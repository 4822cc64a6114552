import GreetingHandler
import SocketServerDaemon

Daemon.run(
    handlers: [Greeting.self],
    program: DaemonProgram(
        name: "greeting", version: "1.0.0", summary: "Greets each name that a client sends."))
