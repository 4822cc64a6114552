internal import EventLoops
internal import HandlerAPI
internal import TLS

extension Connection {
    func readPlain(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        var transfer = StreamSocket.Transfer.wouldBlock
        try loop.lendScratch(
            filledBy: { output in
                transfer = socket.receive(into: &output)
                if case .moved(let count) = transfer { bytesIn &+= UInt64(count) }
                // A short receive has emptied the queue; only an end may still be behind it.
                if !output.isFull, !sawHangUp { mayRead = false }
            }, to: body)
        switch transfer {
        case .moved:
            return .bytes
        case .wouldBlock:
            mayRead = false
            return .nothing
        case .ended:
            hasEnded = true
            return .end
        case .failed(let error):
            throw fail(.disconnected(reason: error.reason))
        }
    }

    func readTLS(
        _ tls: TLSLayer, _ body: (Span<UInt8>) throws -> Void
    ) throws -> Arrival {
        var result = TLSReadResult.wantsRead
        try loop.lendScratch(
            filledBy: { output in
                result = tls.session.read(
                    into: &output, socket: socket.number, port: worker.port)
                if case .bytes(let count) = result { bytesIn &+= UInt64(count) }
                if worker.port.drained, !tls.session.hasBufferedInput, !sawHangUp {
                    mayRead = false
                }
            }, to: body)
        switch result {
        case .bytes:
            return .bytes
        case .wantsRead:
            mayRead = false
            return .nothing
        case .again:
            return .nothing
        case .wantsWrite:
            // The engine has something of its own to say first (RFC 8446, 4.6.3).
            readNeedsOutput = true
            watchOutput()
            return .nothing
        case .end:
            hasEnded = true
            return .end
        case .truncated:
            throw fail(.disconnected(reason: "the peer ended TLS without a close_notify"))
        case .failed(let error):
            throw fail(.disconnected(reason: error.message))
        }
    }

    /// Remembers why the connection is broken, for the next wait too.
    func fail(_ error: ClientError) -> ClientError {
        failure = Failure(error)
        return error
    }

    /// Parks the task, the client's own or a child of it, until there is something to read.
    func waitToRead() async -> Wake {
        guard isOwnTask else { return await waitAsChild(to: .read) }
        precondition(unsafe reader == nil, "one task at a time reads from a client")
        return unsafe await withUnsafeContinuation { unsafe reader = $0 }
    }

    /// Parks a child of the client's task, which alone can be cancelled without the client.
    ///
    /// - Parameter side: whether it waits to read or to write.
    /// - Returns: what ended the wait.
    func waitAsChild(to side: Side) async -> Wake {
        let number = passWaitNumber(side)
        // A cancellation that comes when the wait is over must not hit the next one.
        defer { _ = passWaitNumber(side) }
        return await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                if Task.isCancelled {
                    unsafe continuation.resume(returning: .cancelled)
                } else {
                    unsafe park(continuation, side)
                }
            }
        } onCancel: {
            loop.perform { self.cancelWait(number, side) }
        }
    }

    private func park(_ continuation: UnsafeContinuation<Wake, Never>, _ side: Side) {
        switch side {
        case .read:
            precondition(unsafe reader == nil, "one task at a time reads from a client")
            unsafe reader = continuation
        case .write:
            guard let backlog else { return unsafe continuation.resume(returning: .ready) }
            precondition(unsafe backlog.writer == nil, "one task at a time writes to a client")
            unsafe backlog.writer = continuation
        }
    }

    private func passWaitNumber(_ side: Side) -> UInt16 {
        switch side {
        case .read:
            readNumber &+= 1
            return readNumber
        case .write:
            writeNumber &+= 1
            return writeNumber
        }
    }

    private func cancelWait(_ number: UInt16, _ side: Side) {
        switch side {
        case .read where number == readNumber: wakeReader(.cancelled)
        case .write where number == writeNumber: wakeWriter(.cancelled)
        default: break
        }
    }
}
