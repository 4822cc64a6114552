internal import Glibc
internal import Platform
internal import Synchronization

/// A log that many threads append to and one thread writes, with a new file when its name changes.
///
/// Appending never waits for a disk: lines are queued, and written together a moment later. Lines that cannot
/// be written are counted and dropped; the failure is reported once, and the count when writing works again.
/// A file always ends with a whole line, even if the disk became full in the middle of one.
package final class LogFile: Sendable {
    /// The most bytes in the queue; further lines are dropped.
    package static let waitingLimit = 1 << 20

    private struct Waiting {
        var bytes: [UInt8] = []
        var dropped = 0
        /// A thread is writing; new lines wait until it has finished.
        var isWriting = false
        /// It has been reported that this write hangs.
        var isSilent = false
        /// The writer, nil before the first line.
        var writer: LogWriter?
    }

    private struct Output {
        var descriptor: CInt = -1
        var path = ""
        var generation = 0
        /// The number of lines lost since the failure, nil when writing works.
        var lost: Int?
    }

    private let name: LogName
    private let header: [UInt8]
    private let owner: String
    private let waiting = Lock(Waiting())
    private let output = Lock(Output())
    private let reopenings = Atomic<Int>(0)

    /// Creates a log; its file is created with the first line.
    ///
    /// - Parameters:
    ///   - name: its path.
    ///   - header: the first bytes of each new file.
    ///   - owner: the tag of its host, which ``LogWriter/listen(_:)`` receives.
    package init(_ name: LogName, header: [UInt8], owner: String) {
        (self.name, self.header, self.owner) = (name, header, owner)
    }

    deinit {
        write()
        output.withLock { output in
            if output.descriptor >= 0 { close(output.descriptor) }
        }
    }

    /// Queues a line, including its line feed, for a writer; from any thread.
    package func append(_ line: [UInt8], by writer: LogWriter) {
        let isFirst = waiting.withLock { waiting in
            if waiting.writer == nil { waiting.writer = writer }
            let isFirst = waiting.bytes.isEmpty && !waiting.isWriting
            guard waiting.bytes.count + line.count <= LogFile.waitingLimit else {
                waiting.dropped &+= 1
                // If the writer did not start, this starts it.
                return waiting.dropped == 1
            }
            waiting.bytes += line
            return isFirst
        }
        if isFirst { writer.schedule(self) }
    }

    /// Reopens the file before the next line, after another program has renamed it; from any thread.
    package func reopen() { reopenings.add(1, ordering: .relaxed) }

    /// Reports that its disk blocks a thread.
    func tellOfSilence() {
        let isNew = waiting.withLock { waiting in
            defer { waiting.isSilent = waiting.isWriting }
            return waiting.isWriting && !waiting.isSilent
        }
        guard isNew else { return }
        tell(.trouble("a write does not come back: the disk or its server hangs"))
    }

    /// Writes the queue, unless another thread is writing; call it on a thread that may block.
    func write() {
        let batch: Waiting? = waiting.withLock { waiting in
            guard !waiting.isWriting else { return nil }
            defer { waiting = Waiting(isWriting: true, writer: waiting.writer) }
            return waiting
        }
        guard let batch else { return }
        write(batch)
        let (hasMore, wasSilent) = waiting.withLock { waiting in
            defer { (waiting.isWriting, waiting.isSilent) = (false, false) }
            return (!waiting.bytes.isEmpty || waiting.dropped > 0, waiting.isSilent)
        }
        if wasSilent, output.withLock({ $0.lost == nil }) {
            tell(.recovery("the write has come back, and no line is lost"))
        }
        if hasMore { writer?.schedule(self) }
    }

    private func write(_ batch: Waiting) {
        output.withLock { output in
            guard !batch.bytes.isEmpty || batch.dropped > 0 else { return }
            var rest = batch.bytes[...]
            do throws(SystemError) {
                try prepare(&output)
                try LogFile.write(&rest, to: output.descriptor)
                if batch.dropped > 0 {
                    lose(batch.dropped, nil, &output)
                } else {
                    endTrouble(&output)
                }
            } catch {
                LogFile.takeBackPart(before: &rest, of: batch.bytes, from: output.descriptor)
                lose(rest.count { $0 == 10 } &+ batch.dropped, error, &output)
                if output.descriptor >= 0 { close(output.descriptor) }
                output.descriptor = -1
            }
        }
    }

    /// Counts lines that are lost because of an error or a full queue.
    private func lose(_ lines: Int, _ error: SystemError?, _ output: inout Output) {
        guard let lost = output.lost else {
            output.lost = lines
            let reason = error?.reasonOfLog ?? "lines came faster than they could be written"
            return tell(.trouble("\(output.path): \(reason)", errno: error?.code))
        }
        output.lost = lost &+ lines
    }

    private func endTrouble(_ output: inout Output) {
        guard let lost = output.lost else { return }
        output.lost = nil
        tell(.recovery("\(output.path): lost lines: \(lost)"))
    }

    private var writer: LogWriter? { waiting.withLock { $0.writer } }

    private func tell(_ news: LogNews) { writer?.tell(owner, news) }

    /// Opens the file for the current time, unless it is open.
    private func prepare(_ output: inout Output) throws(SystemError) {
        let path = name.path(at: time(nil))
        let generation = reopenings.load(ordering: .relaxed)
        guard output.descriptor < 0 || path != output.path || generation != output.generation else {
            return
        }
        if output.descriptor >= 0 { close(output.descriptor) }
        output.descriptor = -1
        (output.path, output.generation) = (path, generation)
        name.makeDirectory()
        let number = try LogFile.open(path)
        output.descriptor = number
        var status = stat()
        if unsafe fstat(number, &status) == 0, status.st_size == 0 {
            var rest = header[...]
            do throws(SystemError) {
                try LogFile.write(&rest, to: number)
            } catch {
                // A file with a partial header would not count as empty.
                _ = ftruncate(number, 0)
                throw error
            }
        }
    }

    /// Opens a regular file, never through a link and never waiting.
    ///
    /// A user with write permission for the directory could put a FIFO or a device there, or a link to
    /// another file of the service.
    private static func open(_ path: String) throws(SystemError) -> CInt {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let number = unsafe Glibc.open(path, flags, 0o640)
        guard number >= 0 else {
            // A FIFO without a reader: treated like one with a reader.
            throw errno == ENXIO ? .notARegularFile : .last("open")
        }
        var status = stat()
        guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(number)
            throw .notARegularFile
        }
        return number
    }

    /// Writes, and leaves in `rest` the bytes that could not be written.
    private static func write(
        _ rest: inout ArraySlice<UInt8>, to descriptor: CInt
    ) throws(SystemError) {
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count >= 0 || errno == EINTR else { throw .last("write") }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Truncates the part of a line that was written before the disk was full, since the next line would be
    /// appended to it.
    private static func takeBackPart(
        before rest: inout ArraySlice<UInt8>, of bytes: [UInt8], from descriptor: CInt
    ) {
        let part = bytes[..<rest.startIndex].reversed().prefix { $0 != 10 }.count
        var status = stat()
        guard part > 0, unsafe fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG,
            // In range: the file is longer than the part, else the call refuses it.
            ftruncate(descriptor, status.st_size - off_t(part)) == 0
        else { return }
        rest = bytes[(rest.startIndex - part)...]
    }
}

/// A change in the state of a log, reported once each.
package enum LogNews: Hashable, Sendable {
    /// It can no longer be written: the file and the reason, with the `errno` of the call.
    case trouble(String, errno: Int32? = nil)
    /// It is written again: the file, and the number of lost lines.
    case recovery(String)
}

extension SystemError {
    /// The path of a log is not a regular file.
    fileprivate static let notARegularFile = SystemError("open", code: ENOTSUP)

    /// The reason, for a message about a log.
    fileprivate var reasonOfLog: String {
        switch code {
        case ENOTSUP: "it is not a regular file, such as a FIFO: remove it"
        case ELOOP: "it is a symbolic link, which a log must not be: remove it"
        default: description
        }
    }
}
