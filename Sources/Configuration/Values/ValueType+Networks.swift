internal import Limiting
internal import NetworkTypes

extension ValueType<[IPNetwork]> {
    /// A comma list of addresses and networks.
    static let networks = ValueType(
        "addresses and networks such as 192.0.2.0/24, by comma", isList: true
    ) { text, key, diagnostics in
        var networks: [IPNetwork] = []
        let errorsBefore = diagnostics.count(.error)
        for item in text.commaSeparated {
            do throws(AddressMistake) {
                networks.append(try AddressSyntax.network(Array(item.value.utf8).span))
            } catch {
                diagnostics.error(at: item.location, "\(key): \(error.message)")
            }
        }
        guard diagnostics.count(.error) == errorsBefore else { return nil }
        if networks.isEmpty {
            diagnostics.error(at: text.location, "\(key) must have at least one address")
        }
        return networks.isEmpty ? nil : networks
    }
}
