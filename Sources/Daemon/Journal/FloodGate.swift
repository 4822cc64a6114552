internal import HandlerAPI
internal import NetworkTypes
internal import Serving

/// Folds floods: of what happens to clients of one network again and again, the first are told, the
/// rest counted.
///
/// Theory of operation: a window opens with the first event of its kind, host, reason and network (/24
/// for IPv4, /64 for IPv6, which is what one attacker has), or of its kind, host and topic. When it is over the count is told, and a
/// window that had more than it told is followed by one that tells nothing on the way: a flood that
/// lasts costs one record per window.
struct FloodGate {
    /// How long a window is open, in nanoseconds.
    static let windowTime: UInt64 = 10_000_000_000
    /// Events of a window that are told one by one.
    static let toldEach = 10
    /// Windows at one time; what would need another one is counted as from other networks.
    static let windowLimit = 1024

    /// What a window is about.
    private struct Key: Hashable {
        let kind: EventKind
        let reason: CloseReason?
        var topic: String?
        let hostTag: String?
        let origin: EventFlood.Origin
    }

    private struct Window {
        var end: UInt64
        /// How many may be told one by one.
        let allowance: Int
        var count = 0
        var told = 0
        let level: LogLevel
        let handler: String?
    }

    private var windows: [Key: Window] = [:]

    /// When the next window is over, nil when there is none.
    private(set) var nextEnd: UInt64?

    /// Looks at an event.
    ///
    /// - Parameters:
    ///   - event: what happened.
    ///   - now: nanoseconds of CLOCK_MONOTONIC.
    /// - Returns: whether it is to be told; otherwise it has been counted.
    mutating func admits(_ event: ServerEvent, at now: UInt64) -> Bool {
        guard event.level < .debug, let origin = FloodGate.origin(of: event) else { return true }
        var key = Key(
            kind: event.kind, reason: event.reason, topic: event.topic, hostTag: event.hostTag,
            origin: origin)
        if windows[key] == nil, windows.count >= FloodGate.windowLimit {
            key = Key(kind: event.kind, reason: nil, hostTag: nil, origin: .others)
        }
        let allowance = key.origin == .others ? 0 : FloodGate.toldEach
        var window =
            windows[key]
            ?? Window(
                end: now &+ FloodGate.windowTime, allowance: allowance, level: event.level,
                handler: event.handler)
        nextEnd = min(nextEnd ?? .max, window.end)
        window.count += 1
        let isTold = window.told < window.allowance
        if isTold { window.told += 1 }
        windows[key] = window
        return isTold
    }

    /// Where an event that may be folded comes from; nil for one that is always told.
    private static func origin(of event: ServerEvent) -> EventFlood.Origin? {
        if event.topic != nil { return .anywhere }
        guard event.kind.isFolded, let client = event.client else { return nil }
        return EventFlood.Origin(client.address.ip)
    }

    /// Closes the windows that are over.
    ///
    /// - Parameter now: nanoseconds of CLOCK_MONOTONIC; nil closes all, for good.
    /// - Returns: a sum for each that counted more than it told.
    mutating func sums(at now: UInt64?) -> [ServerEvent] {
        if let now, now < nextEnd ?? .max { return [] }
        var sums: [ServerEvent] = []
        nextEnd = nil
        for (key, window) in windows {
            if let now, now < window.end {
                nextEnd = min(nextEnd ?? .max, window.end)
                continue
            }
            let isFlood = window.count > window.told
            if isFlood { sums.append(FloodGate.sum(of: window, key)) }
            guard let now, isFlood else {
                windows[key] = nil
                continue
            }
            let next = Window(
                end: now &+ FloodGate.windowTime, allowance: 0, level: window.level,
                handler: window.handler)
            windows[key] = next
            nextEnd = min(nextEnd ?? .max, next.end)
        }
        return sums
    }

    private static func sum(of window: Window, _ key: Key) -> ServerEvent {
        var event = ServerEvent(key.kind, window.level, hostTag: key.hostTag)
        event.reason = key.reason
        event.topic = key.topic
        event.handler = window.handler
        event.flood = EventFlood(count: window.count, origin: key.origin)
        return event
    }
}

extension EventKind {
    /// Whether many of them are told as a sum.
    fileprivate var isFolded: Bool {
        switch self {
        case .clientClosed, .clientRefused, .handshakeFailed, .handlerFailed: true
        default: false
        }
    }
}
