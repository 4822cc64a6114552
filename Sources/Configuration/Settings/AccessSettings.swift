internal import Limiting
package import NetworkTypes

/// `AllowFrom` and `DenyFrom` of one section: who may connect.
package struct AccessSettings: Sendable {
    /// `AllowFrom`; empty where it is not set.
    package var allowed: [Located<AddressEntry>] = []
    /// `DenyFrom`.
    package var denied: [Located<AddressEntry>] = []

    /// Creates settings that admit everybody.
    package init() {}

    /// Whether everybody is admitted.
    package var isEmpty: Bool { allowed.isEmpty && denied.isEmpty }

    /// The keys, with their entries.
    package var keys: [(key: String, entries: [Located<AddressEntry>])] {
        [("AllowFrom", allowed), ("DenyFrom", denied)]
    }
}

/// An entry of `AllowFrom` or `DenyFrom`.
package enum AddressEntry: Hashable, Sendable {
    /// An address is a network of one.
    case network(IPNetwork)
    /// `file:PATH`: a file with one network a line.
    case file(String)

    /// The path of a file.
    package var path: String? {
        guard case .file(let path) = self else { return nil }
        return path
    }
}

extension AddressEntry: Spelled {
    var spelling: String {
        switch self {
        case .network(let network): network.entry
        case .file(let path): "file:\(path)"
        }
    }
}

extension ValueType<[Located<AddressEntry>]> {
    /// A comma list of addresses, networks and files of them.
    static let addressEntries = ValueType(
        "addresses, networks such as 192.0.2.0/24, or file: and a path, by comma", isList: true
    ) { text, key, diagnostics in
        let errorsBefore = diagnostics.count(.error)
        var entries: [Located<AddressEntry>] = []
        var places: [AddressEntry: SourceLocation] = [:]
        for item in text.commaSeparated {
            guard let entry = AddressEntry(item, of: key, into: &diagnostics) else { continue }
            if let first = places[entry] {
                diagnostics.warn(
                    at: item.location, "\(key) has \(entry.spelling.quoted) twice",
                    related: [.init(at: first, "first given here")])
                continue
            }
            places[entry] = item.location
            entries.append(Located(entry, at: item.location))
        }
        guard diagnostics.count(.error) == errorsBefore else { return nil }
        if entries.isEmpty {
            diagnostics.error(at: text.location, "\(key) must have at least one address")
            return nil
        }
        return entries
    }
}

extension AddressEntry {
    /// Parses one entry, or reports a mistake.
    fileprivate init?(
        _ text: Located<String>, of key: String, into diagnostics: inout Diagnostics
    ) {
        let scheme = "file:"
        if text.value.hasPrefix(scheme) {
            let path = text.value.dropFirst(scheme.count)
            guard !path.isEmpty else {
                diagnostics.error(at: text.location, "\(key) must have a path after file:")
                return nil
            }
            self = .file(String(path))
            return
        }
        do throws(AddressMistake) {
            let bytes = Array(text.value.utf8)
            self = .network(try AddressSyntax.network(bytes.span))
        } catch {
            let hint =
                text.value.contains("/") && text.value.utf8.first == UInt8(ascii: "/")
                ? ": write file:\(text.value) for a file" : ""
            diagnostics.error(at: text.location, "\(key): \(error.message)\(hint)")
            return nil
        }
    }
}
