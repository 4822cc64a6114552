internal import CSystemd
internal import Glibc

/// Tells systemd how the daemon is.
///
/// Does nothing where `NOTIFY_SOCKET` is not set. No method blocks: sd_notify(3) does, for good,
/// while PID 1 does not read and its socket is full (`net.unix.max_dgram_qlen` datagrams), so a
/// thread of the notifier's own calls it and takes the messages from a mailbox in which a newer
/// `STATUS=` replaces an unsent one. Any thread may call.
package final class Notifier: Sendable {
    /// How often at most systemd wants to hear ``keepAlive()`` (`WatchdogSec=` of the unit), nil for
    /// never; half of it is a good pace (sd_watchdog_enabled(3)).
    package let watchdogInterval: Duration?
    /// How many descriptors systemd keeps (`FileDescriptorStoreMax=`), where it says so: from version
    /// 254 on, in `FDSTORE`.
    package let storeRoom: Int?
    private let mailbox: Mailbox?

    /// Reads `NOTIFY_SOCKET`, `FDSTORE`, `WATCHDOG_USEC` and `WATCHDOG_PID`, which must not change any more.
    ///
    /// - Parameter onFailure: called on the notifier's thread when sd_notify(3) fails, once until it
    ///   works again.
    /// - Throws: what pthread_create(3) reports.
    package convenience init(
        onFailure: @escaping @Sendable (SystemdError) -> Void = { _ in }
    ) throws(SystemdError) {
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

    /// Sends with a function that returns what sd_notify(3) returns, or not at all.
    init(
        watchdogInterval: Duration?, storeRoom: Int? = nil,
        send: (@Sendable (String, CInt?) -> CInt)?,
        onFailure: @escaping @Sendable (SystemdError) -> Void
    ) throws(SystemdError) {
        self.watchdogInterval = watchdogInterval
        self.storeRoom = storeRoom
        guard let send else {
            mailbox = nil
            return
        }
        let mailbox = Mailbox()
        self.mailbox = mailbox
        try Self.startThread {
            var isFailing = false
            while let message = mailbox.take() {
                let code = send(message.text, message.descriptor)
                if code < 0 && !isFailing { onFailure(SystemdError("sd_notify", code: -code)) }
                isFailing = code < 0
            }
        }
    }

    deinit { mailbox?.close() }

    /// Whether systemd, or whoever set `NOTIFY_SOCKET`, listens.
    package var isActive: Bool { mailbox != nil }

    /// Says that the daemon serves: `READY=1`, in a datagram of its own.
    package func ready() { mailbox?.put(.ready) }

    /// Says that the configuration is read again, in a datagram of its own; ``ready()`` says when that
    /// is over, well or not.
    package func reloading() { mailbox?.put(.reloading) }

    /// Has systemd keep a descriptor for the next process of the service: `FDSTORE=1`.
    ///
    /// - Parameters:
    ///   - name: how the next process finds it; printable ASCII without a colon, 255 bytes at most.
    ///   - descriptor: what to keep.
    ///   - owner: keeps the descriptor open, until it is sent at least.
    package func store(
        name: String, descriptor: CInt, owner: any AnyObject & Sendable
    ) {
        mailbox?.put(
            .store(name: name, descriptor: descriptor, owner: Notification.Owner(object: owner)))
    }

    /// Has systemd forget the descriptors of a name: `FDSTOREREMOVE=1`.
    package func forget(name: String) { mailbox?.put(.forget(name: name)) }

    /// Says that the start or the end under way may take so long from now: `EXTEND_TIMEOUT_USEC=`.
    package func extendTimeout(by time: Duration) {
        let (seconds, attoseconds) = time.components
        mailbox?.put(
            .extendTimeout(
                microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    /// Gives `systemctl status` its line: `STATUS=`, cut at 500 bytes, control characters made
    /// spaces.
    package func status(_ line: String) { mailbox?.put(.status(line)) }

    /// Says that the daemon is about to end: `STOPPING=1`.
    package func stopping() { mailbox?.put(.stopping) }

    /// Feeds the watchdog: `WATCHDOG=1`.
    package func keepAlive() { mailbox?.put(.watchdog) }

    /// Waits until systemd has everything, for `limit` at most; for the end of the process, which
    /// unsent messages do not outlive.
    ///
    /// - Returns: whether everything was sent.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        mailbox?.waitUntilSent(within: limit) ?? true
    }

    /// Starts a thread that nobody joins: it may be stuck in sendmsg(2) when the process ends.
    private static func startThread(
        _ body: @escaping @Sendable () -> Void
    ) throws(SystemdError) {
        let start = unsafe Unmanaged.passRetained(Start(body: body))
        var id = pthread_t()
        let code = unsafe pthread_create(
            &id, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw SystemdError("pthread_create", code: code)
        }
        pthread_detach(id)
    }

    private final class Start {
        let body: @Sendable () -> Void

        init(body: @escaping @Sendable () -> Void) { self.body = body }

        func run() {
            // Signals are for the thread that waits for them.
            var all = sigset_t()
            unsafe sigfillset(&all)
            unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
            body()
        }
    }
}
