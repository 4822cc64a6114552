internal import EventLoops
internal import Glibc

/// A log that many threads append to and one thread writes, with a new file when its name changes.
///
/// Whoever appends never waits for a disk: lines are kept, and written together a moment later. When
/// they cannot be written they are counted and dropped, and that is told once, until it works again.
package final class LogFile: Sendable {
    /// The bytes that wait to be written; beyond them lines are dropped.
    package static let waitingLimit = 1 << 20

    private struct Waiting {
        var bytes: [UInt8] = []
        var dropped = 0
        /// What is wrong and has not been told.
        var trouble: String?
    }

    private struct Output {
        var descriptor: CInt = -1
        var path = ""
        var generation = 0
        var isInTrouble = false
    }

    private let name: LogName
    private let header: [UInt8]
    private let waiting = Lock(Waiting())
    private let output = Lock(Output())

    /// Prepares a log; its file is made with the first line.
    ///
    /// - Parameters:
    ///   - name: where it goes.
    ///   - header: what each new file begins with.
    package init(_ name: LogName, header: [UInt8]) {
        (self.name, self.header) = (name, header)
    }

    deinit {
        write()
        output.withLock { output in
            if output.descriptor >= 0 { close(output.descriptor) }
        }
    }

    /// Takes a line with its end; from any thread.
    ///
    /// - Returns: what has gone wrong since the last call, once each time that it begins.
    package func append(_ line: [UInt8]) -> String? {
        let (isFirst, trouble) = waiting.withLock { waiting -> (Bool, String?) in
            let isFirst = waiting.bytes.isEmpty
            let trouble = waiting.trouble
            waiting.trouble = nil
            guard waiting.bytes.count + line.count <= LogFile.waitingLimit else {
                waiting.dropped += 1
                // Should the writer not have started, it is tried once more.
                return (waiting.dropped == 1, trouble)
            }
            waiting.bytes += line
            return (isFirst, trouble)
        }
        if isFirst { LogWriter.shared.schedule(self) }
        return trouble
    }

    /// Writes what waits; from a thread that may block.
    func write() {
        output.withLock { output in
            let batch = waiting.withLock { waiting in
                defer { (waiting.bytes, waiting.dropped) = ([], 0) }
                return waiting
            }
            guard !batch.bytes.isEmpty || batch.dropped > 0 else { return }
            do throws(SystemError) {
                try prepare(&output)
                try LogFile.write(batch.bytes, to: output.descriptor)
                if batch.dropped > 0 {
                    complain(
                        "\(batch.dropped) lines came faster than they could be written", &output)
                } else {
                    output.isInTrouble = false
                }
            } catch {
                let lines = batch.bytes.count { $0 == 10 } + batch.dropped
                complain("\(lines) lines are lost: \(error)", &output)
                if output.descriptor >= 0 { close(output.descriptor) }
                output.descriptor = -1
            }
        }
    }

    private func complain(_ reason: String, _ output: inout Output) {
        guard !output.isInTrouble else { return }
        output.isInTrouble = true
        let trouble = "\(output.path): \(reason)"
        waiting.withLock { $0.trouble = trouble }
    }

    /// Opens the file of this moment, unless it is open.
    private func prepare(_ output: inout Output) throws(SystemError) {
        let path = name.path(at: time(nil))
        let generation = LogWriter.shared.generation
        guard output.descriptor < 0 || path != output.path || generation != output.generation else {
            return
        }
        if output.descriptor >= 0 { close(output.descriptor) }
        output.descriptor = -1
        (output.path, output.generation) = (path, generation)
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard number >= 0 else { throw .last("open") }
        output.descriptor = number
        var status = stat()
        if unsafe fstat(number, &status) == 0, status.st_size == 0 {
            try LogFile.write(header, to: number)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw .last("write") }
            rest = rest.dropFirst(max(0, count))
        }
    }
}
