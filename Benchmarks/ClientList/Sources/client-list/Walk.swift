import Glibc
import SocketServer
import Synchronization

/// How long a loop has for nothing else while a task iterates over its clients: `walk [COUNT] [SECONDS]`.
///
/// This thread turns the loop, so each turn is measured from outside: from the poll(2) that found something to do to the
/// return of the turn. One client exchanges messages all the time, all others are idle.
struct Walk {
    private let count: Int
    private let time: Double

    init(_ words: [Int]) {
        count = words.first ?? 19_000
        time = Double(words.dropFirst().first ?? 10)
    }

    /// What tasks and this thread tell each other.
    private final class Progress: Sendable {
        let port = Atomic(0)
        let walks = Atomic(0)
        let isOver = Atomic(false)
    }

    func run() throws -> Never {
        let progress = Progress()
        var loop = try CallerLoop()
        var options = SocketServer.Options()
        options.loops = .shared(loop.group)
        options.maxClients = 0
        let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
            while try await client.read({ client.send($0) }) { try await client.flush() }
        }
        Task.detached {
            let listeners = try await server.listen()
            progress.port.store(Int(listeners[0].address?.port ?? 0), ordering: .relaxed)
        }
        loop.run { progress.port.load(ordering: .relaxed) != 0 }
        let command = "\(ownPath) hold \(progress.port.load(ordering: .relaxed)) \(count)"
        guard let output = popen(command, "r") else { fatalError("popen: \(errno)") }
        loop.run { server.clients.count == count }

        let calm = seconds(CLOCK_MONOTONIC) + time
        print("without a walk:", turns(&loop) { seconds(CLOCK_MONOTONIC) < calm })
        // Each client gets its mailbox now.
        walk(server, progress) { $0 < 1 }
        print("the first walk:", turns(&loop) { progress.walks.load(ordering: .relaxed) < 1 })
        let end = seconds(CLOCK_MONOTONIC) + time
        walk(server, progress) { _ in seconds(CLOCK_MONOTONIC) < end }
        let longest = turns(&loop) { seconds(CLOCK_MONOTONIC) < end }
        let walks = progress.walks.load(ordering: .relaxed) - 1
        print("\(walks) walks over \(count) clients:", longest)

        server.abort()
        Task.detached {
            await server.drain()
            progress.isOver.store(true, ordering: .relaxed)
        }
        loop.run { progress.isOver.load(ordering: .relaxed) }
        var line = [CChar](repeating: 0, count: 1_000)
        while fgets(&line, CInt(line.count), output) != nil {
            print(
                String(
                    decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
                terminator: "")
        }
        pclose(output)
        exit(0)
    }

    /// Iterates over all clients again and again, in a task that is not on the loop.
    private func walk(
        _ server: SocketServer, _ progress: Progress,
        while isWanted: @escaping @Sendable (_ walks: Int) -> Bool
    ) {
        Task.detached { [count] in
            while isWanted(progress.walks.load(ordering: .relaxed)) {
                var found = 0
                for await _ in server.clients { found += 1 }
                precondition(found == count, "\(found) of \(count) clients")
                progress.walks.add(1, ordering: .relaxed)
            }
        }
    }

    /// Turns the loop, and measures each turn.
    private func turns(_ loop: inout CallerLoop, while isWanted: () -> Bool) -> String {
        var count = 0
        var longest = (clock: 0.0, processor: 0.0)
        var entry = pollfd(fd: loop.descriptor, events: Int16(POLLIN), revents: 0)
        while isWanted() {
            guard poll(&entry, 1, 100) > 0 else { continue }
            let before = (seconds(CLOCK_MONOTONIC), seconds(CLOCK_THREAD_CPUTIME_ID))
            loop.turn()
            longest.clock = max(longest.clock, seconds(CLOCK_MONOTONIC) - before.0)
            longest.processor = max(
                longest.processor, seconds(CLOCK_THREAD_CPUTIME_ID) - before.1)
            count += 1
        }
        return "longest of \(count) turns \(milliseconds(longest.processor)) ms of processor time, "
            + "\(milliseconds(longest.clock)) ms on the clock"
    }

    private var ownPath: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        return String(
            decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
