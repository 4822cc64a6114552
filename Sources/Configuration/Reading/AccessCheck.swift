internal import Limiting
internal import NetworkTypes

/// Finds entries of `AllowFrom` and `DenyFrom` that contradict each other; the contents of files are not among them.
enum AccessCheck {
    /// Reports the contradictions of all sections.
    static func check(_ settings: Settings, into diagnostics: inout Diagnostics) {
        let server = settings.server.access
        check(server, into: &diagnostics)
        let rules = server.isEmpty || server.hasFiles ? nil : server.rules
        for host in settings.hosts {
            guard isNeeded(by: host, into: &diagnostics) else { continue }
            check(host.access, into: &diagnostics)
            guard let rules else { continue }
            for entry in host.access.allowed {
                guard case .network(let network) = entry.value, rules.refuseAll(of: network) else {
                    continue
                }
                diagnostics.warn(
                    at: entry.location,
                    "AllowFrom has no effect for \(network.entry): [Server] refuses all of it",
                    related: server.origin)
            }
        }
    }

    private static func check(_ access: AccessSettings, into diagnostics: inout Diagnostics) {
        let denied = Dictionary(access.denied.map { ($0.value, $0.location) }) { first, _ in first }
        for entry in access.allowed {
            guard let place = denied[entry.value] else { continue }
            diagnostics.warn(
                at: entry.location,
                "AllowFrom has no effect for \(entry.value.spelling), which DenyFrom has, too: "
                    + "remove it from one of them",
                related: [.init(at: place, "DenyFrom has it here")])
        }
        guard access.allowed.isEmpty else { return }
        for entry in access.denied {
            guard case .network(let network) = entry.value, network.length == 0 else { continue }
            let family = network.address.family == .v4 ? "IPv4" : "IPv6"
            diagnostics.warn(
                at: entry.location,
                "DenyFrom refuses every client of \(family): AllowFrom is not set")
        }
    }

    /// Reports lists of a host without a listener on an IP address.
    private static func isNeeded(
        by host: HostSettings, into diagnostics: inout Diagnostics
    ) -> Bool {
        guard !host.addresses.isEmpty, host.addresses.allSatisfy({ $0.value.unix != nil }) else {
            return true
        }
        for (key, entries) in host.access.keys {
            guard let first = entries.first else { continue }
            diagnostics.warn(
                at: first.location,
                "\(key) has no effect: clients of unix sockets are not judged, see UnixMode")
        }
        return false
    }
}

extension AccessSettings {
    fileprivate var hasFiles: Bool { (allowed + denied).contains { $0.value.path != nil } }

    fileprivate var rules: AddressRules {
        func networks(_ entries: [Located<AddressEntry>]) -> [IPNetwork] {
            entries.compactMap { entry in
                guard case .network(let network) = entry.value else { return nil }
                return network
            }
        }
        return AddressRules(allowed: networks(allowed), denied: networks(denied))
    }

    /// Where the lists are.
    fileprivate var origin: [Diagnostic.Note] {
        keys.compactMap { key, entries in
            entries.first.map { .init(at: $0.location, "\(key) of [Server] is here") }
        }
    }
}
