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
        case .wantsWrite:
            // The engine has something of its own to say first (RFC 8446, 4.6.3).
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

    /// Parks a child of the client's task, which alone can be cancelled without the client.
    ///
    /// - Parameter park: stores the continuation as reader or writer.
    /// - Returns: what ended the wait.
    func waitAsChild(
        _ park: @Sendable (UnsafeContinuation<Wake, Never>) -> Void
    ) async -> Wake {
        waitNumber &+= 1
        let number = waitNumber
        return await withTaskCancellationHandler {
            unsafe await withUnsafeContinuation { continuation in
                if Task.isCancelled {
                    unsafe continuation.resume(returning: .cancelled)
                } else {
                    unsafe park(continuation)
                }
            }
        } onCancel: {
            loop.perform { self.cancelWait(number) }
        }
    }

    private func cancelWait(_ number: UInt32) {
        guard number == waitNumber else { return }
        wakeReader(.cancelled)
        wakeWriter(.cancelled)
    }
}
