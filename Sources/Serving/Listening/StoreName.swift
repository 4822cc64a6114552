internal import NetworkTypes
package import Planning
internal import TextFormats

/// The name under which the service manager keeps the socket of an endpoint (`FDNAME=`, sd_notify(3)):
/// printable ASCII without a colon, at most 255 bytes.
package enum StoreName {
    /// The longest name.
    private static let limit = 255
    private static let prefixes = ["tcp4-", "tcp6-", "unix-"]

    /// Whether a name is one of these.
    package static func isOne(_ name: String) -> Bool {
        prefixes.contains { name.hasPrefix($0) }
    }

    /// The name, such as `tcp4-127.0.0.1-7007`, `tcp6-__1-443`, `unix-/run/a.sock`.
    package static func text(of key: EndpointKey) -> String {
        let text =
            switch key {
            case .fixed(let endpoint):
                address(endpoint) + (endpoint.port.map { "-\($0)" } ?? "")
            case .free(let endpoint, let isTLS, let section, let ordinal):
                address(endpoint) + "-auto-" + encoded(section) + (isTLS ? "-ssl" : "")
                    + (ordinal > 0 ? "-\(ordinal)" : "")
            }
        guard text.utf8.count > limit else { return text }
        return text.prefix(5) + String(hash(text), radix: 16)
    }

    private static func address(_ endpoint: Endpoint) -> String {
        switch endpoint {
        case .tcp(let address, let zone):
            let family = address.ip.family == .v6 ? "tcp6-" : "tcp4-"
            let ip = String("\(address.ip)".map { $0 == ":" ? "_" : $0 })
            return family + ip + (zone.map { encoded("%" + $0) } ?? "")
        case .unix(let address):
            return "unix-" + encoded(address.name)
        }
    }

    /// Characters that a name may not have are in hexadecimal.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if (0x21...0x7e).contains(byte), byte != UInt8(ascii: ":"), byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + Int(byte).padded(to: 2, radix: 16)
            }
        }
        return result
    }

    /// FNV-1a, the same in each process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
