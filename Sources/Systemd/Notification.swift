internal import Glibc

/// One message to systemd, in the terms of sd_notify(3).
enum Notification: Hashable, Sendable {
    /// `READY=1`: the daemon serves.
    case ready
    /// `RELOADING=1`: the configuration is read again, until the next `READY=1`.
    case reloading
    /// `STATUS=`: one line for `systemctl status`.
    case status(String)
    /// `STOPPING=1`: the daemon shuts down.
    case stopping
    /// `FDSTORE=1`: systemd keeps a descriptor under a name; its owner is retained until the message is sent.
    case store(name: String, descriptor: CInt, owner: Owner)
    /// `FDSTOREREMOVE=1`: systemd closes its descriptors of a name.
    case forget(name: String)
    /// `EXTEND_TIMEOUT_USEC=`: the start or shutdown takes at most this long from now.
    case extendTimeout(microseconds: Int64)
    /// `WATCHDOG=1`: the daemon makes progress.
    case watchdog

    /// The descriptor that goes with it.
    var descriptor: CInt? {
        guard case .store(_, let descriptor, _) = self else { return nil }
        return descriptor
    }

    /// Keeps a descriptor open until it is sent.
    struct Owner: Hashable, Sendable {
        let object: any AnyObject & Sendable

        static func == (left: Owner, right: Owner) -> Bool { left.object === right.object }

        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(object)) }
    }

    /// The most bytes of a `STATUS=` message, its name included: systemd drops a datagram above
    /// 4,096 bytes without a word, and `systemctl status` prints one line.
    static let statusLimit = 500

    /// The datagram's text.
    var text: String {
        switch self {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds)"
        case .status(let line): "STATUS=" + Self.shortened(line)
        case .stopping: "STOPPING=1"
        case .store(let name, _, _): "FDSTORE=1\nFDNAME=\(name)"
        case .forget(let name): "FDSTOREREMOVE=1\nFDNAME=\(name)"
        case .extendTimeout(let microseconds): "EXTEND_TIMEOUT_USEC=\(microseconds)"
        case .watchdog: "WATCHDOG=1"
        }
    }

    /// CLOCK_MONOTONIC, by which systemd distinguishes this reload from an earlier one.
    private static var monotonicMicroseconds: Int {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }

    /// Whether this message replaces an unsent `earlier` one.
    func supersedes(_ earlier: Notification) -> Bool {
        switch (self, earlier) {
        case (.status, .status), (.extendTimeout, .extendTimeout): true
        case (.forget(let name), .store(let stored, _, _)): name == stored
        default: self == earlier
        }
    }

    /// One line without control characters that fits ``statusLimit``; `…` marks truncated text.
    private static func shortened(_ line: String) -> String {
        let limit = statusLimit - "STATUS=".utf8.count
        var clean = ""
        for character in line {
            // A line break would begin another assignment, a NUL end the C string.
            let isControl = character.unicodeScalars.contains {
                $0.properties.generalCategory == .control
            }
            clean.append(isControl ? " " : character)
            guard clean.utf8.count <= limit else {
                return clean.prefix(utf8Bytes: limit - "…".utf8.count) + "…"
            }
        }
        return clean
    }
}
