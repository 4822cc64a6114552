package import NetworkTypes
package import Platform

/// Finds the addresses of names for all loops, away from them, and remembers them for a moment.
///
/// Connections that want the same name at the same time share one lookup.
package final class Resolver: Sendable {
    /// Looks a name up; may block.
    package typealias Lookup = @Sendable (String) throws(NameLookup.Failure) -> [IPAddress]
    typealias Answer = Result<[IPAddress], NameLookup.Failure>

    private struct State {
        var known: [String: (addresses: [IPAddress], until: UInt64)] = [:]
        var waiting: [String: [@Sendable (Answer) -> Void]] = [:]
    }

    private let state = Lock(State())
    private let pool: ThreadPool
    private let lookup: Lookup

    /// Names that are looked up at a time, and that wait for that.
    static let threads = 8
    static let queue = 1_024
    /// How long an answer is used; getaddrinfo(3) does not tell how long it holds.
    static let lifetime = Duration.seconds(5)
    /// Names whose answers are kept.
    static let keptNames = 1_024

    /// Makes a resolver without threads; they start with the first name.
    ///
    /// - Throws: eventfd(2).
    package init(
        lookup: @escaping Lookup = { (name) throws(NameLookup.Failure) in
            try NameLookup.addresses(of: name)
        }
    ) throws(SystemError) {
        pool = try ThreadPool(name: "resolver", threads: Resolver.threads, queue: Resolver.queue)
        self.lookup = lookup
    }

    /// Answers from memory, or later on some thread.
    func resolve(_ name: String, _ tell: @escaping @Sendable (Answer) -> Void) {
        let now = MonotonicClock.now()
        let (known, isFirst) = state.withLock { state -> ([IPAddress]?, Bool) in
            if let known = state.known[name], known.until > now { return (known.addresses, false) }
            state.waiting[name, default: []].append(tell)
            return (nil, state.waiting[name]?.count == 1)
        }
        if let known { return tell(.success(known)) }
        guard isFirst else { return }
        let isTaken = pool.perform { self.finish(name, self.answer(name)) }
        // Whoever joined meanwhile is told too.
        if !isTaken { finish(name, .failure(NameLookup.Failure("too many names wait"))) }
    }

    /// Ends the threads.
    func stop() { pool.stop() }

    private func answer(_ name: String) -> Answer {
        do throws(NameLookup.Failure) {
            return .success(try lookup(name))
        } catch {
            return .failure(error)
        }
    }

    private func finish(_ name: String, _ answer: Answer) {
        let waiting = state.withLock { state in
            if case .success(let addresses) = answer {
                let now = MonotonicClock.now()
                if state.known.count >= Resolver.keptNames {
                    state.known = state.known.filter { $0.value.until > now }
                }
                if state.known.count < Resolver.keptNames {
                    let until = now + UInt64(Resolver.lifetime.nanoseconds)
                    state.known[name] = (addresses, until)
                }
            }
            return state.waiting.removeValue(forKey: name) ?? []
        }
        for tell in waiting { tell(answer) }
    }
}
