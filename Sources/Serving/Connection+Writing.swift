internal import EventLoops
internal import HandlerAPI
internal import TLS

extension Connection {
    /// Tries again what the kernel did not take, and wakes who waits for it.
    func transmit() {
        let bytes = unsent
        let sent = deliver(bytes.span.extracting(droppingFirst: unsentStart))
        if unsentStart + sent == bytes.count || failure != nil {
            // An idle client owns no buffer.
            unsent = []
            unsentStart = 0
            wakeWriter(.ready)
        } else {
            unsentStart += sent
        }
    }

    /// Hands bytes to the kernel or the TLS engine until it takes no more.
    ///
    /// - Returns: how many it took; ``failure`` says whether the connection broke.
    func deliver(_ bytes: Span<UInt8>) -> Int {
        var sent = 0
        while sent < bytes.count {
            let rest = bytes.extracting(droppingFirst: sent)
            guard let count = tls == nil ? deliverPlain(rest) : deliverTLS(rest) else { break }
            sent += count
        }
        bytesOut &+= UInt64(sent)
        return sent
    }

    private func deliverPlain(_ bytes: Span<UInt8>) -> Int? {
        switch socket.send(bytes) {
        case .moved(let count):
            return count
        case .wouldBlock, .ended:
            watchOutput()
        case .failed(let error):
            _ = fail(.disconnected(reason: error.reason))
        }
        return nil
    }

    private func deliverTLS(_ bytes: Span<UInt8>) -> Int? {
        guard let tls else { return nil }
        switch tls.session.write(bytes, socket: socket.number, port: worker.port) {
        case .bytes(let count):
            return count
        case .wantsWrite:
            watchOutput()
        case .wantsRead:
            break
        case .failed(let error):
            _ = fail(.disconnected(reason: error.message))
        }
        return nil
    }

    func keep(_ bytes: Span<UInt8>) {
        // Changed in a variable of its own: a change in place would make each access to `unsent` a
        // dynamic exclusivity check.
        var kept = unsent
        unsent = []
        kept.removeFirst(unsentStart)
        unsentStart = 0
        kept.reserveCapacity(kept.count + bytes.count)
        for index in bytes.indices { kept.append(bytes[index]) }
        unsent = kept
    }

    /// Asks epoll to tell when the send queue has room, from the first time it had none: most
    /// clients never need it, and asked for at accept it comes at once.
    func watchOutput() {
        guard !watchesOutput, let source else { return }
        watchesOutput = true
        do {
            try loop.rewatch(socket.number, for: source, .inputAndOutput)
        } catch {
            _ = fail(.disconnected(reason: error.description))
        }
    }
}
