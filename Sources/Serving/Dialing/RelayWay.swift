internal import HandlerAPI
internal import Platform

/// One way of a relay.
final class RelayWay {
    private let source: Connection
    private let sink: Connection
    private var pipe: SplicePipe?
    /// The last look found a full buffer: a pipe may be worth it.
    private var isBusy = false
    private var hasEnded = false
    /// Grows with every move.
    private(set) var moved = 0
    /// All is through, and the sink knows that no more comes.
    private(set) var isOver = false

    /// Reads or splices in a row before others have their turn: 2 MiB or so.
    private static let movesInARow = 32
    /// What is worth a pipe: what one read can take at most.
    private static let busyCount = 65_536

    init(from source: Connection, to sink: Connection) {
        (self.source, self.sink) = (source, sink)
    }

    /// Moves what can be moved.
    ///
    /// - Parameter isLast: whether the sink is closed when this way is over, which ends its output
    ///   too.
    /// - Returns: whether there is more, but others should have their turn.
    func advance(isLast: Bool) -> Bool {
        guard !isOver else { return false }
        for _ in 0..<RelayWay.movesInARow {
            guard sink.backlog == nil, sink.failure == nil, emptyPipe() else { return false }
            guard !hasEnded else {
                if isLast { isOver = true } else { endOutput() }
                return false
            }
            guard source.isWorthReading || source.holdsFreshInput, source.failure == nil else {
                giveBackPipe()
                return false
            }
            move()
        }
        return true
    }

    func giveBackPipe() {
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
            // The connection keeps what it was.
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
        switch pipe.fill(from: source.socket) {
        case .moved(let count):
            source.bytesIn &+= UInt64(count)
            moved &+= count
        case .wouldBlock:
            source.mayRead = false
            isBusy = false
        case .ended:
            source.hasEnded = true
            hasEnded = true
        case .failed(let error):
            _ = source.fail(.disconnected(reason: error.reason))
        }
        return true
    }

    /// - Returns: whether the pipe is empty.
    private func emptyPipe() -> Bool {
        guard let pipe else { return true }
        while pipe.count > 0 {
            switch pipe.empty(into: sink.socket) {
            case .moved(let count):
                sink.bytesOut &+= UInt64(count)
                moved &+= count
            case .wouldBlock, .ended:
                sink.watchOutput()
                return false
            case .failed(let error):
                _ = sink.fail(.disconnected(reason: error.reason))
                return false
            }
        }
        return true
    }

    private func endOutput() {
        sink.endSending()
        // A close_notify may have to wait for room.
        isOver = sink.backlog == nil
    }
}
