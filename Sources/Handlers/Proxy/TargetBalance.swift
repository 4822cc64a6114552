internal import HandlerAPI
internal import NetworkTypes
internal import Synchronization

/// Orders the targets of a proxy for a client.
final class TargetBalance: Sendable {
    /// The values of `Balance`.
    enum Method: String, CaseIterable {
        /// Each target in turn.
        case roundrobin
        /// The one with the fewest clients.
        case leastclients
        /// The same target for all clients of an address, as long as it is up.
        case source
    }

    let targets: [ProxyTarget]
    private let method: Method
    private let turn = Atomic<Int>(0)

    init(_ targets: [ProxyTarget], by method: Method) {
        self.targets = targets
        self.method = method
    }

    /// The targets in the order in which they are tried: those that are up, then the backups, then those
    /// that are down.
    func order(for client: Client) -> [ProxyTarget] {
        guard targets.count > 1 else { return targets }
        let usable = targets.filter(\.isUsable)
        let main = sorted(usable.filter { !$0.options.isBackup }, for: client)
        let backup = sorted(usable.filter(\.options.isBackup), for: client)
        let down = targets.filter { !$0.isUsable }
        return main + backup + down
    }

    private func sorted(_ targets: [ProxyTarget], for client: Client) -> [ProxyTarget] {
        guard targets.count > 1 else { return targets }
        switch method {
        case .roundrobin:
            return rotated(targets)
        case .leastclients:
            // Rotated first, so that equals take turns.
            return rotated(targets).sorted { $0.clients < $1.clients }
        case .source:
            // Rendezvous hashing: when a target goes down or comes up, only its own clients move.
            let address = "\(client.remoteAddress.ip)"
            let drawn = targets.map { ($0, TargetBalance.hash("\($0.options.section) \(address)")) }
            return drawn.sorted { $0.1 > $1.1 }.map(\.0)
        }
    }

    private func rotated(_ targets: [ProxyTarget]) -> [ProxyTarget] {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let first = Int(UInt(bitPattern: number) % UInt(targets.count))
        return Array(targets[first...] + targets[..<first])
    }

    /// FNV-1a, mixed at the end so that the high bits depend on the last bytes too.
    private static func hash(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        hash = hash &* 0x9e37_79b9_7f4a_7c15
        return hash ^ hash >> 29
    }
}
