internal import HandlerAPI
internal import NetworkTypes
internal import Serving

/// Folds floods: of repeated events about clients of one network, the first ones are logged and the others
/// counted.
///
/// Theory of operation: a window opens with the first event of its kind, host, reason and network (/24
/// for IPv4, /64 for IPv6, the range of one attacker), or of its kind, host and topic. At its end, the
/// count is logged. A window that counted more events than it logged is followed by one that only
/// counts: a lasting flood costs one record per window.
struct FloodGate {
    /// The duration of a window, in nanoseconds.
    static let windowTime: UInt64 = 10_000_000_000
    /// The number of events of a window that are logged one by one.
    static let loggedEach = 10
    /// The maximum number of windows; further events are counted as from other networks.
    static let windowLimit = 1024

    /// The common properties of the events of a window.
    private struct Key: Hashable {
        let kind: EventKind
        let reason: CloseReason?
        var topic: String?
        let hostTag: String?
        let origin: EventFlood.Origin
    }

    private struct Window {
        var end: UInt64
        /// The number of events that may be logged one by one.
        let allowance: Int
        var count = 0
        var logged = 0
        let level: LogLevel
        let handler: String?
        /// The limit that refused all of them; nil for none, or several.
        var limit: ServerEvent.Limit?
    }

    private var windows: [Key: Window] = [:]

    /// When the next window ends, nil when there is none.
    private(set) var nextEnd: UInt64?

    /// Decides whether to log an event.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - now: nanoseconds of CLOCK_MONOTONIC.
    /// - Returns: whether to log it; otherwise it has been counted.
    mutating func admits(_ event: ServerEvent, at now: UInt64) -> Bool {
        guard event.level < .debug, let origin = FloodGate.origin(of: event) else { return true }
        var key = Key(
            kind: event.kind, reason: event.reason, topic: event.topic, hostTag: event.hostTag,
            origin: origin)
        if windows[key] == nil, windows.count >= FloodGate.windowLimit {
            key = Key(kind: event.kind, reason: nil, hostTag: nil, origin: .others)
        }
        let allowance = key.origin == .others ? 0 : FloodGate.loggedEach
        var window =
            windows[key]
            ?? Window(
                end: now &+ FloodGate.windowTime, allowance: allowance, level: event.level,
                handler: event.handler, limit: event.limit)
        nextEnd = min(nextEnd ?? .max, window.end)
        // The first one of a window that follows another has no limit to compare with.
        if window.count == 0 { window.limit = event.limit }
        if window.limit != event.limit { window.limit = nil }
        window.count += 1
        let isLogged = window.logged < window.allowance
        if isLogged { window.logged += 1 }
        windows[key] = window
        return isLogged
    }

    /// The origin of an event that may be folded; nil for one that is always logged.
    private static func origin(of event: ServerEvent) -> EventFlood.Origin? {
        if event.topic != nil { return .anywhere }
        guard event.kind.isFolded, let client = event.client else { return nil }
        return EventFlood.Origin(client.address.ip)
    }

    /// Closes the windows that have ended.
    ///
    /// - Parameter now: nanoseconds of CLOCK_MONOTONIC; nil closes all.
    /// - Returns: a sum for each window that counted more events than it logged.
    mutating func sums(at now: UInt64?) -> [ServerEvent] {
        if let now, now < nextEnd ?? .max { return [] }
        var sums: [ServerEvent] = []
        nextEnd = nil
        for (key, window) in windows {
            if let now, now < window.end {
                nextEnd = min(nextEnd ?? .max, window.end)
                continue
            }
            let isFlood = window.count > window.logged
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
        event.limit = window.limit
        event.flood = EventFlood(count: window.count, origin: key.origin)
        return event
    }
}

extension EventKind {
    /// Whether floods of these events are folded.
    fileprivate var isFolded: Bool {
        switch self {
        case .clientClosed, .clientRefused, .handshakeFailed, .handlerFailed: true
        default: false
        }
    }
}
