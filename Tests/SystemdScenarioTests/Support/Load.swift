import Glibc
import Platform
import TestSupport

/// Clients of a daemon in a container while something happens to it: plain ones and TLS ones, some
/// that come for one echo and go, some that stay.
final class Load: Sendable {
    /// An exchange that did not come to its echo.
    struct Loss: Equatable, Sendable, CustomStringConvertible {
        enum Kind: Sendable {
            /// Nobody listened.
            case refused
            /// The connection was broken.
            case reset
            /// The server ended its side, as it does with clients that are there for too long.
            case ended
            /// Anything else.
            case broken
        }

        let kind: Kind
        /// Whether the client wanted to stay.
        let isLong: Bool
        /// When it began to connect.
        let begun: ContinuousClock.Instant
        let lost: ContinuousClock.Instant
        let detail: String

        var description: String {
            "\(kind), \(isLong ? "long" : "short"), after \(lost - begun): \(detail)"
        }
    }

    /// What became of all.
    struct Record: Sendable {
        /// Echoes by clients of each kind.
        var echoes: [Kind: Int] = [:]
        var losses: [Loss] = []
        /// The longest time from the connect to the echo of a client that came for one.
        var longestWait = Duration.zero

        func losses(_ kind: Loss.Kind) -> [Loss] { losses.filter { $0.kind == kind } }
    }

    /// A kind of client.
    struct Kind: Hashable, Sendable {
        let isTLS: Bool
        let isLong: Bool

        static let all = [false, true].flatMap { isTLS in
            [false, true].map { Kind(isTLS: isTLS, isLong: $0) }
        }
    }

    private struct State {
        var isOver = false
        var record = Record()
    }

    /// Clients of each kind.
    private static let clientsEach = 2
    /// Between two echoes, so that the daemon and others get the processor.
    private static let pause: useconds_t = 4_000

    private let container: SystemdContainer
    private let plainPort: UInt16
    private let tlsPort: UInt16
    private let state = Lock(State())
    private let threads = Lock<[Platform.Thread]>([])

    /// Lets them come.
    init(on container: SystemdContainer, plainPort: UInt16, tlsPort: UInt16) throws {
        self.container = container
        self.plainPort = plainPort
        self.tlsPort = tlsPort
        for kind in Kind.all {
            for _ in 0..<Load.clientsEach {
                let thread = try Platform.Thread(name: "load") { [self] in
                    do {
                        try container.inNetwork { self.run(kind) }
                    } catch {
                        lose(.broken, kind, since: .now, "\(error)")
                    }
                }
                threads.withLock { $0.append(thread) }
            }
        }
        try waitForRound()
    }

    deinit { _ = end() }

    /// Waits until clients of each kind have come anew to an echo.
    func waitForRound() throws {
        let before = record.echoes
        // One that began before may be the next to end.
        try waitUntil("two echoes of each kind after \(before)", within: .seconds(90)) {
            let now = record.echoes
            return Kind.all.allSatisfy { now[$0, default: 0] >= before[$0, default: 0] + 2 }
        }
    }

    /// What became of them so far.
    var record: Record { state.withLock { $0.record } }

    /// Lets them go.
    ///
    /// - Returns: what became of all.
    func end() -> Record {
        state.withLock { $0.isOver = true }
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
        return record
    }

    private var isOver: Bool { state.withLock { $0.isOver } }

    private func run(_ kind: Kind) {
        while !isOver {
            let begun = ContinuousClock.now
            do {
                let plain = try PlainClient(
                    to: "127.0.0.1", port: kind.isTLS ? tlsPort : plainPort)
                let client: any TestClient =
                    kind.isTLS ? try TLSClient(over: plain, name: "shop.test") : plain
                repeat {
                    guard try exchange(client) else {
                        lose(.ended, kind, since: begun, "no echo")
                        break
                    }
                    count(kind, since: begun)
                    usleep(Load.pause)
                } while kind.isLong && !isOver
                client.close()
            } catch let failure as TestFailure {
                let loss: Loss.Kind =
                    switch failure.errorNumber {
                    case ECONNREFUSED: .refused
                    case ECONNRESET: .reset
                    default: .broken
                    }
                lose(loss, kind, since: begun, failure.description)
            } catch {
                lose(.broken, kind, since: begun, "\(error)")
            }
        }
    }

    /// - Returns: whether the echo came; false when the server had ended its side.
    private func exchange(_ client: any TestClient) throws -> Bool {
        do {
            return try client.echoes("hello")
        } catch let failure as TestFailure where failure.errorNumber == EPIPE {
            // It had, before there was anything to send.
            return false
        }
    }

    private func count(_ kind: Kind, since begun: ContinuousClock.Instant) {
        state.withLock { state in
            state.record.echoes[kind, default: 0] += 1
            guard !kind.isLong else { return }
            state.record.longestWait = max(state.record.longestWait, .now - begun)
        }
    }

    private func lose(
        _ loss: Loss.Kind, _ kind: Kind, since begun: ContinuousClock.Instant, _ detail: String
    ) {
        state.withLock {
            $0.record.losses.append(
                Loss(
                    kind: loss, isLong: kind.isLong, begun: begun, lost: .now,
                    detail: "\(kind.isTLS ? "TLS" : "plain"): \(detail)"))
        }
    }
}
