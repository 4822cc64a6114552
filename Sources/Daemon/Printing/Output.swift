internal import ArgumentParser
internal import Glibc

/// The process's output streams, written to without a buffer.
enum Output {
    /// Writes to standard output what the program was asked for; ends the program when it cannot.
    ///
    /// Somebody who has read enough, as `head` does, is no failure.
    static func print(_ text: String) {
        guard !offer(text) else { return }
        exit(ExitStatus.mistakes.rawValue)
    }

    /// Does what ``print(_:)`` does, but goes on when it cannot, which it reports.
    @discardableResult
    static func offer(_ text: String) -> Bool {
        guard !write(text, to: STDOUT_FILENO), errno != EPIPE else { return true }
        let reason = unsafe String(cString: strerror(errno))
        report("icshostd: cannot write: \(reason)\n")
        return false
    }

    /// Writes to standard error what an operator should know, in colours on a terminal.
    ///
    /// - Returns: whether all of it was taken.
    @discardableResult
    static func report(_ text: String) -> Bool {
        write(hasColours ? Paint.painted(text) : text, to: STDERR_FILENO)
    }

    private static let hasColours = Paint.isWanted(on: STDERR_FILENO)

    /// Writes all of it, or as much as somebody reads.
    private static func write(_ text: String, to descriptor: CInt) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
