internal import EventLoops
internal import HandlerAPI
internal import Platform
internal import TLS

extension Connection {
    /// Sends more of the backlog, and resumes the task that waits for it.
    func transmit() {
        guard let backlog else { return }
        let bytes = backlog.bytes
        let count = deliver(bytes.span.extracting(droppingFirst: backlog.start))
        backlog.start += count
        releaseMail(failure == nil ? count : backlog.mailCount, of: backlog)
        guard backlog.start == bytes.count || failure != nil else { return }
        if backlog.endsOutput, failure == nil, !sendCloseNotify() { return }
        let wasAwaited = wakeWriter(.ready)
        // An idle client owns no buffer.
        self.backlog = nil
        sendMail(afterWaking: wasAwaited)
    }

    /// Hands bytes to the kernel or the TLS engine until it takes no more.
    ///
    /// - Returns: how many it took; ``failure`` is set if the connection broke.
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

    /// Keeps bytes that the kernel does not take, up to ``Peer/unsentLimit``.
    func keep(_ bytes: Span<UInt8>) {
        let backlog = backlog ?? Backlog()
        self.backlog = backlog
        let unsent = backlog.bytes.count - backlog.start - backlog.mailCount
        guard bytes.count <= PeerCore.unsentLimit - unsent else {
            _ = fail(.unsentLimitExceeded)
            return
        }
        backlog.append(bytes)
    }

    /// Implements ``send(_:_:)``.
    func sendBoth(_ first: Span<UInt8>, _ second: Span<UInt8>) {
        guard tls == nil, backlog == nil, failure == nil else {
            return corked {
                send(first)
                send(second)
            }
        }
        countCall()
        guard case .moved(let count) = socket.send(first, second) else {
            // Retried one by one, which also finds what went wrong.
            send(first)
            return send(second)
        }
        bytesOut &+= UInt64(count)
        if count < first.count { send(first.extracting(droppingFirst: count)) }
        let rest = second.extracting(droppingFirst: max(0, count - first.count))
        if rest.count > 0 { send(rest) }
    }

    /// Implements ``endSending()``.
    func endOutputEarly() {
        guard !has(.outputEnded) else { return }
        raise(.outputEnded)
        endMail(drops: true)
        guard tls != nil else { return socket.endOutput() }
        guard !sendCloseNotify() else { return }
        // Keeps the flush that follows waiting.
        let backlog = backlog ?? Backlog()
        backlog.endsOutput = true
        self.backlog = backlog
    }

    /// Sends a close_notify.
    ///
    /// - Returns: false when the kernel had no room for it yet.
    private func sendCloseNotify() -> Bool {
        guard let tls else { return true }
        let isSent = tls.session.shutdown(socket: socket.number, port: worker.port)
        if !isSent { watchOutput() }
        return isSent
    }

    /// Watches for room in the send queue, from the first time it was full: most clients never need it,
    /// and watched from the accept on it would be reported at once.
    func watchOutput() {
        guard !has(.outputWatched) else { return }
        raise(.outputWatched)
        do {
            try loop.rewatch(socket.number, for: source, .inputAndOutput)
        } catch {
            _ = fail(.disconnected(reason: error.description))
        }
    }
}
