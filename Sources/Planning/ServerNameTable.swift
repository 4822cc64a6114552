package import Configuration

/// Chooses the host of a TLS client by its server name.
///
/// An exact name comes before a one-label wildcard, that before `*`, and a name that no host has selects the
/// endpoint's default host. An exact name takes one hash look-up, others two more.
package struct ServerNameTable: Sendable {
    /// The result for a client.
    package enum Choice: Hashable, Sendable {
        /// This host of the plan serves it.
        case host(Int)
        /// The client is refused with `unrecognized_name`; the host is the one that it would have had.
        case refuse(host: Int?)
    }

    /// The kind of match for a name.
    package enum Match: Hashable, Sendable {
        case exact, wildcard, any
        /// No host has the name: the endpoint's default.
        case fallback
        /// No host has the name, and the endpoint's default refuses such clients.
        case rejected
    }

    private struct Entry {
        let host: Int
        let isEnabled: Bool
    }

    /// By substring, so that a look-up of a part of a name copies nothing.
    private var exact: [Substring: Entry] = [:]
    /// Wildcards without their `*.`.
    private var wildcards: [Substring: Entry] = [:]
    private var any: Entry?
    private let fallback: Entry?
    private let rejectsUnknown: Bool

    /// Indexes the names of an endpoint's hosts, disabled ones included.
    ///
    /// - Parameters:
    ///   - endpoint: a TLS endpoint of a plan.
    ///   - hosts: the hosts of that plan.
    package init(endpoint: PlannedEndpoint, hosts: [HostSettings]) {
        self.init(
            hosts, enabled: endpoint.hosts[...], disabled: endpoint.disabledHosts[...])
    }

    /// Indexes the names of one host, for clients that can get no other.
    package init(host: HostSettings) {
        self.init([host], enabled: [0], disabled: [])
    }

    private init(_ hosts: [HostSettings], enabled: ArraySlice<Int>, disabled: ArraySlice<Int>) {
        fallback = enabled.first.map { Entry(host: $0, isEnabled: true) }
        rejectsUnknown = enabled.first.map { hosts[$0].tls.rejectsUnknownNames } ?? false
        // Enabled hosts first: of two with the same name, they keep it.
        let entries =
            enabled.map { Entry(host: $0, isEnabled: true) }
            + disabled.map { Entry(host: $0, isEnabled: false) }
        for entry in entries {
            for name in hosts[entry.host].names { add(name.value, entry) }
        }
    }

    private mutating func add(_ name: String, _ entry: Entry) {
        if name == "*" {
            any = any ?? entry
        } else if name.hasPrefix("*.") {
            let domain = name.dropFirst(2)
            wildcards[domain] = wildcards[domain] ?? entry
        } else {
            exact[name[...]] = exact[name[...]] ?? entry
        }
    }

    /// Chooses the host for a name.
    ///
    /// - Parameters:
    ///   - name: the client's server name, nil or blank when it sent none.
    ///   - isUp: whether an enabled host of the plan is up.
    /// - Returns: the host, or a refusal.
    package func choose(_ name: String?, isUp: (Int) -> Bool) -> Choice {
        guard let (entry, match) = find(name ?? "") else { return .refuse(host: nil) }
        return match != .rejected && entry.isEnabled && isUp(entry.host)
            ? .host(entry.host) : .refuse(host: entry.host)
    }

    /// Whether a client is refused only because its host is down.
    package func isDown(_ name: String?, isUp: (Int) -> Bool) -> Bool {
        guard let (entry, match) = find(name ?? "") else { return false }
        return match != .rejected && entry.isEnabled && !isUp(entry.host)
    }

    /// Chooses among the hosts with a name, exact or by wildcard; nil when there is none.
    package func owner(of name: String, isUp: (Int) -> Bool) -> Choice? {
        guard let entry = named(name)?.entry ?? any else { return nil }
        return entry.isEnabled && isUp(entry.host) ? .host(entry.host) : .refuse(host: entry.host)
    }

    /// The kind of match by which ``choose(_:isUp:)`` chooses; nil when there is no host.
    package func match(_ name: String?) -> Match? { find(name ?? "")?.match }

    private func find(_ name: String) -> (entry: Entry, match: Match)? {
        if let found = named(name) { return found }
        if let any { return (any, .any) }
        return fallback.map { ($0, rejectsUnknown ? .rejected : .fallback) }
    }

    private func named(_ name: String) -> (entry: Entry, match: Match)? {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        let hasCapitals = name.utf8.contains { capitals.contains($0) }
        var key = hasCapitals ? name.lowercased()[...] : name[...]
        if key.utf8.last == UInt8(ascii: ".") { key.removeLast() }
        if let entry = exact[key] { return (entry, .exact) }
        guard !wildcards.isEmpty, let dot = key.utf8.firstIndex(of: UInt8(ascii: ".")),
            dot > key.startIndex
        else { return nil }
        return wildcards[key[key.utf8.index(after: dot)...]].map { ($0, .wildcard) }
    }
}
