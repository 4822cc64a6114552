package import Configuration
internal import NetworkTypes

/// The changes between two plans: listeners that open and close, hosts that are added, changed and removed.
///
/// A listener is the same if its address, port, SSL and socket options are; one on a free port also needs the
/// same host. A host is the same if its section has the same ``SectionID``.
package struct PlanDifference: Sendable {
    /// The plan before.
    package let old: ListenPlan
    /// The plan after.
    package let new: ListenPlan
    /// Listeners to open, as indexes into the endpoints of ``new``.
    package private(set) var opened: [Int] = []
    /// Listeners to close, as indexes into the endpoints of ``old``.
    package private(set) var closed: [Int] = []
    /// Listeners that stay.
    package private(set) var kept: [Pair] = []
    /// Added hosts, as indexes into the hosts of ``new``.
    package private(set) var added: [Int] = []
    /// Changed hosts.
    package private(set) var changed: [Change] = []
    /// Removed hosts, as indexes into the hosts of ``old``.
    package private(set) var removed: [Int] = []
    /// Unchanged hosts that were down and are up now, as indexes into the hosts of ``new``; see
    /// ``PlanDifference/inForce(_:_:)``.
    package private(set) var returned: [Int] = []
    /// The keys of `[Server]` whose values differ, in the order of the schema.
    package private(set) var server: [String] = []

    /// One item in both plans, by its indexes.
    package struct Pair: Hashable, Sendable {
        /// Its index in the old plan.
        package let old: Int
        /// Its index in the new plan.
        package let new: Int
    }

    /// A changed host.
    package struct Change: Hashable, Sendable {
        /// The host.
        package let host: Pair
        /// The keys whose values differ, in the order of the schema.
        package let keys: [String]
    }

    /// Compares two plans, and the settings of `[Server]`.
    package init(
        from old: ListenPlan, to new: ListenPlan,
        server: (old: ServerSettings, new: ServerSettings)? = nil
    ) {
        (self.old, self.new) = (old, new)
        if let server {
            self.server = Self.keys(thatDifferIn: server.old.entries, server.new.entries)
        }
        compareListeners()
        compareHosts()
    }

    /// Replaces the changes; see ``inForce(_:_:)``.
    mutating func keep(
        opened: [Int], closed: [Int], added: [Int], changed: [Change], returned: [Int]
    ) {
        (self.opened, self.closed) = (opened.sorted(), closed.sorted())
        (self.added, self.changed, self.returned) = (added, changed, returned)
        let isOpen = Set(opened)
        kept.removeAll { isOpen.contains($0.new) }
    }

    private struct Listener: Hashable {
        let key: EndpointKey
        let isTLS: Bool
        let options: ListenerOptions
    }

    private mutating func compareListeners() {
        var rest: [Listener: Int] = [:]
        for (index, listener) in Self.listeners(of: old).enumerated() { rest[listener] = index }
        for (index, listener) in Self.listeners(of: new).enumerated() {
            if let before = rest.removeValue(forKey: listener) {
                kept.append(Pair(old: before, new: index))
            } else {
                opened.append(index)
            }
        }
        closed = rest.values.sorted()
    }

    private static func listeners(of plan: ListenPlan) -> [Listener] {
        zip(plan.endpoints, plan.endpointKeys).map { endpoint, key in
            Listener(key: key, isTLS: endpoint.isTLS, options: endpoint.options)
        }
    }

    private mutating func compareHosts() {
        var rest: [SectionID: Int] = [:]
        for (index, host) in old.hosts.enumerated() { rest[host.id] = index }
        for (index, host) in new.hosts.enumerated() {
            guard let before = rest.removeValue(forKey: host.id) else {
                added.append(index)
                continue
            }
            let keys = Self.keys(
                thatDifferIn: old.hosts[before].effectiveEntries, host.effectiveEntries)
            guard !keys.isEmpty else { continue }
            changed.append(Change(host: Pair(old: before, new: index), keys: keys))
        }
        removed = rest.values.sorted()
    }

    private static func keys(
        thatDifferIn before: [SettingsEntry], _ after: [SettingsEntry]
    ) -> [String] {
        guard before != after else { return [] }
        // A key that may be repeated has a line for each of its values.
        let values = Dictionary(grouping: before, by: \.key)
        let newValues = Dictionary(grouping: after, by: \.key)
        var told: Set<String> = []
        return (after + before).map(\.key).filter {
            values[$0] != newValues[$0] && told.insert($0).inserted
        }
    }
}
