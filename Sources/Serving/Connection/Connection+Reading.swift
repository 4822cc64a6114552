internal import EventLoops
internal import HandlerAPI
internal import Platform
internal import TLS

extension Connection {
    func readPlain(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        precondition(!has(.upgrading), "nothing can be read while TLS starts")
        var transfer = StreamSocket.Transfer.wouldBlock
        try loop.lendScratch(
            filledBy: { output in
                transfer = socket.receive(into: &output)
                if case .moved(let count) = transfer { bytesIn &+= UInt64(count) }
                // A short receive has emptied the queue; only an end may still be behind it.
                if !output.isFull, !has(.hungUp) { clear(.readable) }
            }, to: body)
        switch transfer {
        case .moved:
            return .bytes
        case .wouldBlock:
            clear(.readable)
            return .nothing
        case .ended:
            raise(.inputEnded)
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
                if worker.port.drained, !tls.session.hasBufferedInput, !has(.hungUp) {
                    clear(.readable)
                }
            }, to: body)
        switch result {
        case .bytes:
            return .bytes
        case .wantsRead:
            clear(.readable)
            return .nothing
        case .again:
            return .nothing
        case .wantsWrite:
            // The engine has to send first, such as a KeyUpdate (RFC 8446, 4.6.3).
            raise(.sendsFirst)
            watchOutput()
            return .nothing
        case .end:
            raise(.inputEnded)
            return .end
        case .truncated:
            throw fail(.disconnected(reason: "the peer ended TLS without a close_notify"))
        case .failed(let error):
            throw fail(.disconnected(reason: error.message))
        }
    }

    /// Marks the connection as broken: every further wait throws the error.
    func fail(_ cause: Failure.Cause) -> ClientError {
        let failure = Failure(cause)
        self.failure = failure
        return failure.error
    }
}
