internal import ArgumentParser
internal import Glibc
internal import TextFormats

/// Standard output and standard error, unbuffered.
enum Output {
    /// Writes the result of a command to standard output, and exits when that fails.
    ///
    /// A reader that closes the pipe early, such as `head`, is no failure.
    static func print(_ text: String) {
        guard !offer(text) else { return }
        exit(ExitStatus.mistakes.rawValue)
    }

    /// Writes to standard output, and reports a failure without exiting.
    @discardableResult
    static func offer(_ text: String) -> Bool {
        guard !write(text, to: STDOUT_FILENO), errno != EPIPE else { return true }
        let reason = unsafe String(cString: strerror(errno))
        complain("cannot write: \(reason)")
        return false
    }

    /// Writes a message to standard error, in colours on a terminal.
    ///
    /// - Returns: whether all of it was written.
    @discardableResult
    static func report(_ text: String) -> Bool {
        write(hasColours ? Paint.painted(text) : text, to: STDERR_FILENO)
    }

    /// Writes an error to standard error, after the name of the program.
    static func complain(_ message: String) { report("\(ProgramIdentity.command): \(message)\n") }

    private static let hasColours = Paint.isWanted(on: STDERR_FILENO)

    /// Writes the text, or as much of it as is possible.
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
