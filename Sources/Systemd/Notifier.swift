internal import CSystemd
internal import Glibc
package import Platform

/// Reports the state of the daemon to systemd (sd_notify(3)).
///
/// Does nothing unless `NOTIFY_SOCKET` is set. Any thread may call, and no method blocks. sd_notify(3) may
/// block forever: while PID 1 does not read and its socket is full (`net.unix.max_dgram_qlen` datagrams).
/// So a separate thread calls it, with messages from a ``Mailbox``.
package final class Notifier: Sendable {
    /// The watchdog time-out (`WatchdogSec=` of the unit), nil for none.
    ///
    /// Call ``keepAlive()`` every half of it (sd_watchdog_enabled(3)).
    package let watchdogInterval: Duration?
    /// How many descriptors systemd keeps (`FileDescriptorStoreMax=`): `FDSTORE`, which systemd sets since
    /// version 254.
    package let storeRoom: Int?
    private let mailbox: Mailbox?

    /// Reads `NOTIFY_SOCKET`, `FDSTORE`, `WATCHDOG_USEC` and `WATCHDOG_PID`, which must not change later.
    ///
    /// - Parameter onFailure: called on the notifier's thread when sd_notify(3) fails; not again before it
    ///   succeeded.
    /// - Throws: eventfd(2) or pthread_create(3).
    package convenience init(
        onFailure: @escaping @Sendable (SystemError) -> Void = { _ in }
    ) throws(SystemError) {
        let isActive = unsafe getenv("NOTIFY_SOCKET") != nil
        let send: @Sendable (String, CInt?) -> CInt = { text, descriptor in
            guard var descriptor else { return unsafe sd_notify(0, text) }
            return unsafe sd_pid_notify_with_fds(0, 0, text, &descriptor, 1)
        }
        var microseconds: UInt64 = 0
        let isWatched = unsafe isActive && sd_watchdog_enabled(0, &microseconds) > 0
        try self.init(
            watchdogInterval: isWatched ? .microseconds(Int64(clamping: microseconds)) : nil,
            storeRoom: unsafe getenv("FDSTORE").flatMap { unsafe Int(String(cString: $0)) },
            send: isActive ? send : nil, onFailure: onFailure)
    }

    /// Sends with `send`, which returns the result of sd_notify(3); nil for no notifications.
    init(
        watchdogInterval: Duration?, storeRoom: Int? = nil,
        send: (@Sendable (String, CInt?) -> CInt)?,
        onFailure: @escaping @Sendable (SystemError) -> Void
    ) throws(SystemError) {
        self.watchdogInterval = watchdogInterval
        self.storeRoom = storeRoom
        guard let send else {
            mailbox = nil
            return
        }
        let mailbox = try Mailbox()
        self.mailbox = mailbox
        // Never waited for: it may hang in sendmsg(2) when the process exits.
        try Thread(name: "notifier") {
            var isFailing = false
            while let message = mailbox.take() {
                let code = send(message.text, message.descriptor)
                if code < 0 && !isFailing { onFailure(SystemError("sd_notify", code: -code)) }
                isFailing = code < 0
            }
        }.detach()
    }

    deinit { mailbox?.close() }

    /// Whether a service manager receives the notifications.
    package var isActive: Bool { mailbox != nil }

    /// The daemon serves: `READY=1`, in a separate datagram.
    package func ready() { mailbox?.put(.ready) }

    /// A reload starts: `RELOADING=1`, in a separate datagram.
    ///
    /// ``ready()`` ends it, whether it succeeded or failed.
    package func reloading() { mailbox?.put(.reloading) }

    /// Has systemd keep a descriptor for the next process of the service: `FDSTORE=1`.
    ///
    /// - Parameters:
    ///   - name: how the next process finds it; printable ASCII without a colon, 255 bytes at most.
    ///   - descriptor: the descriptor to keep.
    ///   - owner: keeps the descriptor open; retained until the message is sent.
    package func store(
        name: String, descriptor: CInt, owner: any AnyObject & Sendable
    ) {
        mailbox?.put(
            .store(name: name, descriptor: descriptor, owner: Notification.Owner(object: owner)))
    }

    /// Has systemd forget the descriptors of a name: `FDSTOREREMOVE=1`.
    package func forget(name: String) { mailbox?.put(.forget(name: name)) }

    /// Extends the time-out of the current start or shutdown, from now: `EXTEND_TIMEOUT_USEC=`.
    package func extendTimeout(by time: Duration) {
        let (seconds, attoseconds) = time.components
        mailbox?.put(
            .extendTimeout(
                microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    /// Sets the status line of `systemctl status`: `STATUS=`, truncated to 500 bytes, control characters
    /// replaced by spaces.
    package func status(_ line: String) { mailbox?.put(.status(line)) }

    /// The daemon shuts down: `STOPPING=1`.
    package func stopping() { mailbox?.put(.stopping) }

    /// Feeds the watchdog: `WATCHDOG=1`.
    package func keepAlive() { mailbox?.put(.watchdog) }

    /// Waits until everything is sent, at most `limit`; call before the process exits, which drops unsent
    /// messages.
    ///
    /// - Returns: whether everything was sent.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        mailbox?.waitUntilSent(within: limit) ?? true
    }
}
