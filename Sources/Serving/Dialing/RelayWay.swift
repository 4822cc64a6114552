internal import HandlerAPI
internal import Platform

/// One way of a relay.
final class RelayWay {
    private let source: Connection
    private let sink: Connection
    private var pipe: SplicePipe?
    /// The last read filled the buffer: a pipe may be worth it.
    private var isBusy = false
    private var hasEnded = false
    /// Grows with every move.
    private(set) var moved = 0
    /// All is moved, and the sink's output has ended.
    private(set) var isOver = false

    /// Reads or splices in a row before others have their turn: 2 MiB or so.
    private static let movesInARow = 32
    /// A read of so many bytes, the most there can be, is worth a pipe.
    private static let busyCount = 65_536

    init(from source: Connection, to sink: Connection) {
        (self.source, self.sink) = (source, sink)
    }

    /// Moves what can be moved.
    ///
    /// - Parameter isLast: whether the sink is closed when this way is over, which ends its output too.
    /// - Returns: whether there is more, after the others have had their turn.
    func advance(isLast: Bool) -> Bool {
        guard !isOver else { return false }
        for _ in 0..<RelayWay.movesInARow {
            guard sink.backlog == nil, sink.failure == nil, emptyPipe() else { return false }
            guard !hasEnded else {
                if isLast { isOver = true } else { endOutput() }
                return false
            }
            guard source.isWorthReading || source.holdsFreshInput, source.failure == nil else {
                releasePipe()
                return false
            }
            move()
        }
        return true
    }

    func releasePipe() {
        guard let pipe else { return }
        self.pipe = nil
        source.worker.pipes.giveBack(pipe)
    }

    private func move() {
        if isBusy, fillPipe() { return }
        var count = 0
        do throws(any Error) {
            let arrival = try source.readArrived { bytes in
                count = bytes.count
                sink.send(bytes)
            }
            moved &+= count
            if arrival == .end { hasEnded = true }
        } catch {
            // The connection keeps it as its failure.
        }
        isBusy = count >= RelayWay.busyCount && source.tls == nil && sink.tls == nil
    }

    /// - Returns: false when a buffer has to do instead.
    private func fillPipe() -> Bool {
        guard !source.holdsFreshInput else { return false }
        guard let pipe = pipe ?? source.worker.pipes.take() else {
            isBusy = false
            return false
        }
        self.pipe = pipe
        switch source.receive(into: pipe) {
        case .bytes: moved &+= pipe.count
        case .nothing: isBusy = false
        case .end: hasEnded = true
        }
        return true
    }

    /// - Returns: whether the pipe is empty.
    private func emptyPipe() -> Bool {
        guard let pipe else { return true }
        while pipe.count > 0 {
            let count = sink.send(from: pipe)
            guard count > 0 else { return false }
            moved &+= count
        }
        return true
    }

    private func endOutput() {
        sink.endSending()
        // A close_notify may have to wait for room.
        isOver = sink.backlog == nil
    }
}
