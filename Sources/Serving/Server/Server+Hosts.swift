internal import Configuration
internal import HandlerAPI
internal import Planning
internal import Platform

extension Server {
    /// How long the handlers of hosts may take to start, all together.
    static let startTime = Duration.seconds(5)
    /// How long they may take to stop when the server does.
    static let stopTime = Duration.seconds(2)

    /// Starts the handlers of hosts that come up, and waits for them; on the control thread.
    ///
    /// - Returns: the same state, in which hosts whose handler did not start are down.
    func startHosts(of opened: OpenedPlan, after old: OpenedPlan?, backlog: Int) -> OpenedPlan {
        let known = Set(
            (old?.states ?? []).compactMap { $0.host.map { ObjectIdentifier($0.account) } })
        var coming: [(index: Int, life: HostLife)] = []
        for (index, state) in opened.states.enumerated() {
            guard let host = state.host, let handler = host.handler as? any LastingHandler,
                !known.contains(ObjectIdentifier(host.account))
            else { continue }
            let life = HostLife(host, handler, on: workers[index % workers.count])
            host.account.begin(life)
            coming.append((index, life))
        }
        let troubles = start(coming)
        guard !troubles.isEmpty else { return opened }
        var states = opened.states
        for (index, message) in troubles {
            states[index].host?.account.stop()
            let settings = opened.plan.hosts[index]
            let place = settings.handler?.location ?? settings.location
            states[index] = .down(HostTrouble(.handler, message, at: place))
            workers[0].events.post(
                ServerEvent(.hostDown, .error, hostTag: settings.tag, detail: message))
        }
        return OpenedPlan(opened.plan, states: states, after: [opened], backlog: backlog)
    }

    /// - Returns: what kept hosts from starting, by their index in the plan.
    private func start(_ lives: [(index: Int, life: HostLife)]) -> [Int: String] {
        guard !lives.isEmpty else { return [:] }
        do throws(SystemError) {
            let bell = try EventBell()
            let outcomes = Lock<[Int: String?]>([:])
            for (index, life) in lives {
                life.start { error in
                    let count = outcomes.withLock { outcomes in
                        outcomes[index] = .some(error.map { "its handler did not start: \($0)" })
                        return outcomes.count
                    }
                    if count == lives.count { bell.ring() }
                }
            }
            bell.wait(upTo: Server.startTime)
            let known = outcomes.withLock { $0 }
            var troubles: [Int: String] = [:]
            for (index, _) in lives {
                troubles[index] = known[index] ?? "its handler takes too long to start"
            }
            return troubles
        } catch {
            return Dictionary(lives.map { ($0.index, "\(error)") }) { $1 }
        }
    }

    /// Stops the handlers of all hosts; before the loops end.
    func stopHosts() {
        let accounts = (opened?.states ?? []).compactMap { $0.host?.account }
            .filter(\.hasLife)
        guard !accounts.isEmpty, let bell = try? EventBell() else { return }
        let left = Remaining(accounts.count)
        for account in accounts { account.stop { if left.countDown() { bell.ring() } } }
        bell.wait(upTo: Server.stopTime)
    }
}
