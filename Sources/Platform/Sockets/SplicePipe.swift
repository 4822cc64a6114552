internal import CLinux
internal import Glibc

/// A pipe through which bytes go from one socket to another without a copy (splice(2)).
///
/// Who fills it empties it before it fills it again, so that "would block" can only mean the socket.
package final class SplicePipe {
    private let output: FileDescriptor
    private let input: FileDescriptor
    /// The bytes in it.
    package private(set) var count = 0
    /// The bytes that have gone through it since it was taken.
    fileprivate var passed: UInt64 = 0

    /// How much one pipe takes at most: what the kernel allows an ordinary user.
    private static let size: CInt = 1 << 20

    /// Creates an empty pipe (pipe2(2)).
    package init() throws(SystemError) {
        var ends: (CInt, CInt) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) {
            unsafe clinux_pipe($0.baseAddress?.assumingMemoryBound(to: CInt.self))
        }
        guard result == 0 else { throw .last("pipe2") }
        output = FileDescriptor(adopting: ends.0)
        input = FileDescriptor(adopting: ends.1)
        // Not granted, it works with less.
        _ = clinux_set_pipe_size(input.number, SplicePipe.size)
    }

    /// Takes from a socket what it has, as far as the empty pipe has room.
    package func fill(from socket: borrowing StreamSocket) -> StreamSocket.Transfer {
        precondition(count == 0, "a pipe is emptied before it is filled")
        let transfer = move(from: socket.number, to: input.number, Int(SplicePipe.size))
        if case .moved(let moved) = transfer { count = moved }
        return transfer
    }

    /// Gives a socket what it takes.
    package func empty(into socket: borrowing StreamSocket) -> StreamSocket.Transfer {
        let transfer = move(from: output.number, to: socket.number, count)
        if case .moved(let moved) = transfer {
            count -= moved
            passed &+= UInt64(moved)
        }
        return transfer
    }

    private func move(from source: CInt, to target: CInt, _ limit: Int) -> StreamSocket.Transfer {
        while true {
            let moved = clinux_splice(source, target, limit)
            if moved > 0 { return .moved(moved) }
            if moved == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(.last("splice"))
            }
        }
    }
}

/// The pipes of one loop: those that nobody uses wait for the next one who does.
package final class PipePool {
    private var idle: [SplicePipe] = []
    private var taken = 0
    /// The bytes that passed through pipes that were returned.
    package private(set) var passed: UInt64 = 0

    /// Pipes that one loop has at most; others copy meanwhile.
    package static let limit = 64
    /// Pipes that wait for their next use.
    package static let idleLimit = 8

    /// Creates an empty pool.
    package init() {}

    /// An empty pipe; nil when there are too many, or no descriptors for one.
    package func take() -> SplicePipe? {
        guard taken < PipePool.limit else { return nil }
        do throws(SystemError) {
            let pipe = if let pipe = idle.popLast() { pipe } else { try SplicePipe() }
            taken += 1
            return pipe
        } catch {
            return nil
        }
    }

    /// Takes a pipe back; one that still holds bytes is closed.
    package func giveBack(_ pipe: SplicePipe) {
        taken -= 1
        passed &+= pipe.passed
        pipe.passed = 0
        if pipe.count == 0, idle.count < PipePool.idleLimit { idle.append(pipe) }
    }
}
