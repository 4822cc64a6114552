internal import EventLoops
internal import HandlerAPI
internal import Platform

/// Logs what a program writes to its standard error, a record for each line, at a bounded rate.
///
/// Beyond the rate the pipe is not read until the next second: the program blocks once it is full, as
/// with any slow reader, and no line is lost.
final class ProgramErrors {
    /// The longest line in bytes; a longer one becomes several.
    static let longestLine = 2_048
    /// Lines that one program may write in a second.
    static let linesPerSecond = 200
    /// How many bytes are read after the program has exited: as many as a pipe holds.
    private static let lastBytes = 65_536

    typealias Reader = (inout OutputSpan<UInt8>) -> Bool

    private let client: Connection
    private var read: Reader?
    private var watch: DescriptorWatch?
    private var line: [UInt8] = []
    private var linesLeft = ProgramErrors.linesPerSecond
    private var secondEnds: UInt64 = 0

    init(of client: Connection) {
        self.client = client
    }

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - number: the pipe.
    ///   - read: fills a buffer from it; returns false at the end of the pipe.
    /// - Throws: if the pipe cannot be watched.
    func watch(_ number: CInt, _ read: @escaping Reader) throws(SystemError) {
        self.read = read
        watch = try DescriptorWatch(
            number, on: client.loop, for: .readable,
            onReady: { [unowned self] _ in readSome() },
            onDeadline: { [unowned self] in resume() })
    }

    /// Reads the rest, and stops.
    func end() {
        guard watch != nil else { return }
        watch?.end()
        watch = nil
        var left = ProgramErrors.lastBytes
        while left > 0 {
            let count = fill()
            if count == 0 { break }
            left -= count
        }
        finishLine()
        read = nil
    }

    private func readSome() {
        let now = client.loop.now
        if now >= secondEnds {
            secondEnds = now &+ 1_000_000_000
            linesLeft = ProgramErrors.linesPerSecond
        }
        let count = fill()
        if count == 0 { return }
        guard linesLeft <= 0 else { return }
        watch?.pause()
        watch?.setDeadline(after: .nanoseconds(Int64(secondEnds &- now)))
    }

    private func resume() {
        do { try watch?.resume() } catch { client.log(.warning, "standard error: \(error)") }
    }

    /// Reads once.
    ///
    /// - Returns: how many bytes came.
    private func fill() -> Int {
        var count = 0
        var isOpen = true
        client.loop.lendScratch(
            filledBy: { isOpen = read?(&$0) ?? false },
            to: { bytes in
                count = bytes.count
                for index in bytes.indices { append(bytes[index]) }
            })
        if !isOpen { watch?.end() }
        return count
    }

    private func append(_ byte: UInt8) {
        if byte == UInt8(ascii: "\n") {
            finishLine()
        } else {
            line.append(byte)
            if line.count == ProgramErrors.longestLine { finishLine() }
        }
    }

    private func finishLine() {
        defer { line = [] }
        guard !line.isEmpty else { return }
        linesLeft -= 1
        let (level, text) = ProgramErrors.level(of: line[...])
        client.log(level, String(decoding: text, as: UTF8.self))
    }

    /// The level that a prefix such as `<3>` gives a line (sd-daemon(3)), and the line without it.
    private static func level(of line: ArraySlice<UInt8>) -> (LogLevel, ArraySlice<UInt8>) {
        guard line.count >= 3, line[0] == UInt8(ascii: "<"), line[2] == UInt8(ascii: ">"),
            (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(line[1])
        else { return (.info, line) }
        return (LogLevel(priority: Int(line[1] - UInt8(ascii: "0"))), line.dropFirst(3))
    }
}
