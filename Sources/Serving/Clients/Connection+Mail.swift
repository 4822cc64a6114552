internal import EventLoops
internal import HandlerAPI
internal import Platform

/// What others send to a client, through its ``Mailbox``.
///
/// A message goes out whole, between two sends of the handler, and only while nothing else has the output. What
/// the kernel does not take of it is the front of the backlog, so at most one message is there.
extension Connection {
    /// The client's mailbox, created when it is first needed.
    func needMailbox() -> Mailbox {
        assert(loop.isCurrent)
        let extras = needExtras()
        if let mailbox = extras.mailbox { return mailbox }
        let new = Mailbox(of: self)
        if !acceptsMail { new.stopAccepting() }
        extras.mailbox = new
        return new
    }

    /// Whether messages are accepted: until the handler has given its client up.
    private var acceptsMail: Bool {
        switch phase {
        case .accepted, .identifying, .connecting, .handshaking, .serving, .resting:
            failure == nil && !has(.outputEnded)
        case .relaying: extras?.relay?.isAwaited == true && !has(.outputEnded)
        case .flushing, .lingering, .aborting, .closed: false
        }
    }

    /// Whether a message may be sent now.
    private var takesMail: Bool {
        switch phase {
        case .serving, .resting, .flushing:
            backlog == nil && failure == nil && !has(.upgrading) && !has(.outputLent)
                && !has(.outputEnded) && !has(.aborted)
        case .accepted, .identifying, .connecting, .handshaking, .relaying, .lingering, .aborting,
            .closed:
            false
        }
    }

    /// Sends the messages that wait, as far as the kernel takes them.
    func sendMail() {
        guard let mailbox = extras?.mailbox else { return }
        extras?.isMailDue = false
        var sent = 0
        while takesMail, let message = mailbox.next() {
            let count = deliver(message.span)
            mailbox.release(count)
            keepMail(message, from: count)
            sent += message.count
            // Other threads may send as fast as this one.
            guard sent < ClientHandle.waitingLimit else { return sendMailLater() }
        }
        if failure != nil || has(.outputEnded) { mailbox.dropMessages() }
    }

    /// Sends a message to a client that may have no mailbox and seldom needs one: it is sent to many.
    func broadcast(_ message: [UInt8]) {
        switch phase {
        case .serving, .resting, .relaying: break
        case .accepted, .identifying, .connecting, .handshaking, .flushing, .lingering, .aborting,
            .closed:
            return
        }
        guard takesMail, extras?.mailbox?.isEmpty != false else {
            _ = needMailbox().send(message)
            return
        }
        let count = deliver(message.span)
        guard count < message.count, failure == nil else { return }
        needMailbox().add(message.count - count)
        keepMail(message, from: count)
    }

    /// Keeps the rest of a message, which the mailbox has counted, for ``transmit()``.
    private func keepMail(_ message: [UInt8], from start: Int) {
        guard start < message.count, failure == nil else { return }
        let backlog = Backlog()
        backlog.append(message.span.extracting(droppingFirst: start))
        backlog.mailCount = message.count - start
        self.backlog = backlog
    }

    /// The kernel has taken this much of the front of the backlog.
    func releaseMail(_ count: Int, of backlog: Backlog) {
        let released = min(count, backlog.mailCount)
        guard released > 0 else { return }
        backlog.mailCount -= released
        extras?.mailbox?.release(released)
    }

    /// The backlog is empty: the handler that waited for it and the messages that wait take turns.
    func sendMail(afterWaking handler: Bool) {
        guard let extras, extras.mailbox != nil else { return }
        guard handler, !extras.isMailDue else { return sendMail() }
        extras.isMailDue = true
        sendMailLater()
    }

    private func sendMailLater() {
        loop.performLater { [self] in sendMail() }
    }

    /// Keeps messages from the output until ``takeOutputBack()``: something else writes to it.
    func lendOutput() { raise(.outputLent) }

    /// Sends the messages that came in the meantime.
    func takeOutputBack() {
        clear(.outputLent)
        sendMail()
    }

    /// The handler is done with its client: no more messages are accepted.
    ///
    /// - Parameter drops: whether those that wait are dropped, too.
    func endMail(drops: Bool) {
        guard let mailbox = extras?.mailbox else { return }
        if drops { mailbox.dropMessages() } else { mailbox.stopAccepting() }
    }
}
