internal import EventLoops

/// An event loop without a thread, which the program turns on a thread of its own.
///
/// In ICS: `MessagePump`, `ProcessMessages` and `MessageLoop`; ``turn(upTo:)`` on another thread than before is
/// `ThreadAttach`. For programs with a main loop: it polls ``descriptor`` beside its own, and calls ``turn(upTo:)`` when
/// that is readable.
///
/// ```swift
/// var loop = try CallerLoop()
/// var options = SocketServer.Options()
/// options.loops = .shared(loop.group)
/// let server = SocketServer([host], options: options)
/// try await server.listen()
/// loop.run { isDone }
/// ```
///
/// The thread that turns the loop does nothing else meanwhile. If it is the main thread, which ``run(until:)`` never
/// leaves, the main actor stands still: a `Task` that is created in `main.swift` or in a function of the main actor does
/// not go on, and who waits for `MainActor.run` waits for ever. So listen, run and drain in `Task { @concurrent in … }`,
/// use no main actor in a handler, and let `main()` not be `async`: <doc:CallersLoop>.
///
/// Clients are served on the thread that turns the loop. While no thread does, what other threads ask of a server takes
/// effect on their threads, and a server that starts or stops turns the loop itself as long as it waits for handlers.
public struct CallerLoop: ~Copyable {
    private let loop: EventLoop
    /// The loop, for the ``SocketServer/Options/loops`` of any number of servers.
    public let group: LoopGroup

    /// The longest wait in ``run(until:)``, after which its condition is checked.
    private static let longestWait = Duration.milliseconds(100)

    /// Creates a loop.
    ///
    /// - Throws: when the system has no descriptors for it.
    public init() throws {
        loop = try EventLoop(isPolled: true)
        group = LoopGroup(turnedByOwner: loop)
    }

    /// Readable when there is something to do (poll(2)); it stays the loop's.
    public var descriptor: CInt { loop.descriptor }

    /// Serves the clients that are ready, deadlines that have passed, and tasks; in ICS: `ProcessMessages`.
    ///
    /// - Parameter limit: how long it waits for something to do; zero for no wait.
    public mutating func turn(upTo limit: Duration = .zero) { loop.turn(upTo: limit) }

    /// Turns the loop until a condition is true; in ICS: `MessageLoop`.
    ///
    /// - Parameter isDone: checked after each turn, at least ten times a second.
    public mutating func run(until isDone: () throws -> Bool) rethrows {
        while try !isDone() { loop.turn(upTo: CallerLoop.longestWait) }
    }
}
