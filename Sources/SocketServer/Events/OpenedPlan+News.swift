internal import Configuration
internal import Planning
internal import Serving

extension OpenedPlan {
    /// The hosts that came up or went down from this state to the next one.
    func news(until next: OpenedPlan) -> [SocketServer.Event] {
        let before = Dictionary(
            zip(plan.hosts.map(\.id), zip(plan.hosts.map(\.tag), states)), uniquingKeysWith: { $1 })
        var events: [SocketServer.Event] = []
        for (host, state) in zip(next.plan.hosts, next.states) {
            let old = before[host.id]?.1
            if state.host != nil, old?.host == nil {
                events.append(.hostUp(tag: host.tag))
            } else if let trouble = state.trouble, old?.trouble == nil {
                events.append(.hostDown(tag: host.tag, reason: trouble.message))
            } else if case .disabled = state, old?.host != nil {
                events.append(.hostDown(tag: host.tag, reason: "disabled"))
            }
        }
        let kept = Set(next.plan.hosts.map(\.id))
        for (id, (tag, state)) in before where !kept.contains(id) && state.host != nil {
            events.append(.hostDown(tag: tag, reason: "removed"))
        }
        return events
    }
}
