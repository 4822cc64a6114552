internal import EventLoops
internal import HandlerAPI
internal import Platform

extension Connection {
    /// Implements ``sendFile(_:from:count:after:)``.
    func sendFilePart(
        _ descriptor: CInt, from offset: Int, count: Int, after head: [UInt8]
    ) async throws -> Int {
        precondition(offset >= 0 && count >= 0, "a part of a file begins in it")
        lendOutput()
        defer { takeOutputBack() }
        let file = FileReader(descriptor)
        var sent = 0
        if tls == nil {
            sendHead(head, hasMore: count > 0)
        } else if !head.isEmpty {
            // With the beginning of the file in one record.
            cork()
            send(head.span)
        }
        // Also when the file cannot be read.
        defer { uncork() }
        while sent < count {
            if backlog?.isGathering != true { try await flush() }
            let (part, isAtEnd) = try sendPart(of: file, from: offset + sent, count: count - sent)
            uncork()
            sent += part
            if isAtEnd { break }
        }
        uncork()
        try await flush()
        return sent
    }

    /// Sends what comes before a file in the segment of the file (`MSG_MORE`, send(2)).
    private func sendHead(_ head: [UInt8], hasMore: Bool) {
        var sent = 0
        if hasMore, backlog == nil, failure == nil,
            case .moved(let count) = socket.send(head.span, hasMore: true)
        {
            bytesOut &+= UInt64(count)
            sent = count
        }
        if sent < head.count { send(head.span.extracting(droppingFirst: sent)) }
    }

    /// Sends once, as much as goes.
    ///
    /// - Returns: how many bytes, and whether the file has no more.
    /// - Throws: if the file cannot be read; ``failure`` has what went wrong with the connection.
    private func sendPart(
        of file: FileReader, from offset: Int, count: Int
    ) throws -> (Int, Bool) {
        guard failure == nil else { return (0, true) }
        countCall()
        guard tls == nil else { return try copyPart(of: file, from: offset, count: count) }
        switch socket.send(file, from: offset, count: count) {
        case .moved(let count):
            bytesOut &+= UInt64(count)
            return (count, false)
        case .ended:
            return (0, true)
        case .wouldBlock:
            // An empty one, for the flush to wait on.
            backlog = Backlog()
            watchOutput()
            return (0, false)
        case .failed(let error) where error.isUnsupported:
            return try copyPart(of: file, from: offset, count: count)
        case .failed(let error) where error.isOfFile:
            throw ClientError.fileUnreadable(reason: error.reason)
        case .failed(let error):
            _ = fail(.disconnected(reason: error.reason))
            return (0, true)
        }
    }

    /// Sends through the buffer of the loop.
    private func copyPart(
        of file: FileReader, from offset: Int, count: Int
    ) throws -> (Int, Bool) {
        var transfer = StreamSocket.Transfer.ended
        loop.lendScratch(
            filledBy: { transfer = file.read(from: offset, count: count, into: &$0) },
            to: { send($0) })
        switch transfer {
        case .moved(let count):
            return (count, false)
        case .wouldBlock, .ended:
            return (0, true)
        case .failed(let error):
            throw ClientError.fileUnreadable(reason: error.reason)
        }
    }
}
