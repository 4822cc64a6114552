import Daemon
import GreetingHandler
Daemon.run(handlers: [Greeting.self])
