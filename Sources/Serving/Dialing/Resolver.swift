package import NetworkTypes
package import Platform

/// Resolves names for all loops, on threads of its own, and caches the addresses for a moment.
///
/// Connections that want the same name at the same time share one lookup.
package final class Resolver: Sendable {
    /// Resolves a name; may block.
    package typealias Lookup = @Sendable (String) throws(NameLookup.Failure) -> [IPAddress]
    typealias Answer = Result<[IPAddress], NameLookup.Failure>

    private struct State {
        var known: [String: (addresses: [IPAddress], until: UInt64)] = [:]
        var waiting: [String: [@Sendable (Answer) -> Void]] = [:]
    }

    private let state = Lock(State())
    private let pool: ThreadPool
    private let lookup: Lookup

    /// Names that are looked up at a time, and names that wait.
    static let threads = 8
    static let queue = 1_024
    /// How long an answer is used; getaddrinfo(3) has no time to live.
    static let lifetime = Duration.seconds(5)
    /// Names whose answers are kept.
    static let keptNames = 1_024

    /// Creates a resolver without threads; they start with the first name.
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

    /// Calls `completion` at once with a cached answer, or later on a thread of the pool.
    func resolve(_ name: String, _ completion: @escaping @Sendable (Answer) -> Void) {
        let now = MonotonicClock.now()
        let (known, isFirst) = state.withLock { state -> ([IPAddress]?, Bool) in
            if let known = state.known[name], known.until > now { return (known.addresses, false) }
            state.waiting[name, default: []].append(completion)
            return (nil, state.waiting[name]?.count == 1)
        }
        if let known { return completion(.success(known)) }
        guard isFirst else { return }
        let isTaken = pool.perform { self.deliver(self.lookUp(name), for: name) }
        // Also those that joined meanwhile get the failure.
        if !isTaken {
            deliver(.failure(NameLookup.Failure("too many names wait")), for: name)
        }
    }

    /// Ends the threads.
    func stop() { pool.stop() }

    private func lookUp(_ name: String) -> Answer {
        do throws(NameLookup.Failure) {
            return .success(try lookup(name))
        } catch {
            return .failure(error)
        }
    }

    private func deliver(_ answer: Answer, for name: String) {
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
        for completion in waiting { completion(answer) }
    }
}
