internal import EventLoops
internal import HandlerAPI
internal import Platform
internal import TLS

extension Connection {
    func readPlain(_ body: (Span<UInt8>) throws -> Void) throws -> Arrival {
        precondition(!isUpgrading, "nothing can be read while TLS starts")
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
    func fail(_ breakage: Breakage) -> ClientError {
        let failure = Failure(breakage)
        self.failure = failure
        return failure.error
    }
}
