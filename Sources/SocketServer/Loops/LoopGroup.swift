package import EventLoops
internal import Platform

/// Event loops that several servers run on, each with a thread of its own.
///
/// ```swift
/// let group = try LoopGroup(count: 2)
/// var options = SocketServer.Options()
/// options.loops = .shared(group)
/// ```
///
/// A server that stops takes all that it has off the loops, and leaves them running. The threads exit when neither a
/// server nor the program refers to the group any more.
public final class LoopGroup: Sendable {
    package let loops: EventLoopGroup

    /// One loop for each processor that this process may use, created when it is first used; its threads never exit.
    ///
    /// Nil when the system has no descriptors or threads for it.
    public static let shared: LoopGroup? = try? LoopGroup(count: Processors.usable)

    /// Creates the loops and starts their threads, `loop-0` and so on.
    ///
    /// - Parameter count: how many, at least one.
    /// - Throws: when the system has no descriptors or threads for them.
    public init(count: Int) throws {
        loops = try EventLoopGroup(count: count)
        try loops.start()
    }

    init(turnedByOwner loop: EventLoop) { loops = EventLoopGroup(turnedByOwner: loop) }

    deinit { loops.stop() }

    /// The loops, for other tasks to run beside the clients: `Task(executorPreference: group.executors[0])`.
    public var executors: [any TaskExecutor] { loops.loops }
}

extension LoopGroup: Hashable {
    /// Whether two are the same.
    public static func == (one: LoopGroup, other: LoopGroup) -> Bool { one === other }

    /// Hashes which one it is.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
