package import NetworkTypes

/// What a list of admitted networks and one of refused networks say about an address.
package enum AddressVerdict: Hashable, Sendable {
    case admitted
    /// The longest network that contains it is a refused one.
    case denied
    /// Only some networks are admitted, and it is in none of them.
    case unlisted

    /// Judges by the longest network of each list.
    ///
    /// - Parameters:
    ///   - allowed: its length in the list of admitted networks; nil for none.
    ///   - denied: its length in the list of refused networks; nil for none.
    ///   - hasAllowed: whether there is a list of admitted networks.
    package init(allowed: Int?, denied: Int?, hasAllowed: Bool) {
        if let denied, denied >= allowed ?? 0 {
            self = .denied
        } else {
            self = allowed != nil || !hasAllowed ? .admitted : .unlisted
        }
    }
}

/// Lists of admitted and of refused networks, for questions about whole networks.
package struct AddressRules: Sendable {
    private let allowed: [IPNetwork]
    private let denied: [IPNetwork]
    private let lists: (allowed: AddressList, denied: AddressList)

    /// Makes lists of a few networks.
    package init(allowed: [IPNetwork], denied: [IPNetwork]) {
        (self.allowed, self.denied) = (allowed, denied)
        lists = (AddressList(allowed), AddressList(denied))
    }

    private func admits(_ address: IPAddress) -> Bool {
        AddressVerdict(
            allowed: lists.allowed.match(address)?.length,
            denied: lists.denied.match(address)?.length, hasAllowed: !allowed.isEmpty)
            == .admitted
    }

    /// Whether all addresses of a network are refused.
    package func refuseAll(of network: IPNetwork) -> Bool {
        guard !admits(network.address) else { return false }
        // The verdict changes where a network inside begins, and behind its end.
        return (allowed + denied).allSatisfy { inner in
            guard inner.length > network.length, network.contains(inner.address) else {
                return true
            }
            guard !admits(inner.address) else { return false }
            guard let next = inner.addressBehind, network.contains(next) else { return true }
            return !admits(next)
        }
    }
}

extension IPNetwork {
    /// The first address behind it; nil at the end of all addresses.
    fileprivate var addressBehind: IPAddress? {
        switch address.family {
        case .v4:
            let next = address.low + 1 << UInt64(32 - length)
            return next > UInt64(UInt32.max) ? nil : IPAddress(v4: UInt32(next))
        case .v6:
            let first = UInt128(address.high) << 64 | UInt128(address.low)
            let (next, overflow) = first.addingReportingOverflow(1 << UInt128(128 - length))
            guard length > 0, !overflow else { return nil }
            return IPAddress(v6: UInt64(next >> 64), UInt64(truncatingIfNeeded: next))
        case .unix:
            return nil
        }
    }
}
