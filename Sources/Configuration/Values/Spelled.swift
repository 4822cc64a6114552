internal import HandlerAPI
internal import Limiting
internal import NetworkTypes

/// A value of a key that can be written to a file.
protocol Spelled {
    /// The value in its simplest spelling.
    var spelling: String { get }
}

/// A string; that of a certificate has several lines.
extension String: Spelled {
    var spelling: String { InlinePEM.oneLine(self) }
}

extension Int: Spelled {
    var spelling: String { "\(self)" }
}

extension Bool: Spelled {
    var spelling: String { self ? "True" : "False" }
}

extension Duration: Spelled {
    var spelling: String { ValueType<Duration>.text(self) }
}

/// The only 32-bit numbers are permissions, which are octal.
extension UInt32: Spelled {
    var spelling: String { "0" + String(self, radix: 8) }
}

extension Array: Spelled where Element: Spelled {
    var spelling: String { map(\.spelling).joined(separator: ",") }
}

extension Located: Spelled where Value: Spelled {
    var spelling: String { value.spelling }
}

extension LogLevel: Spelled {
    var spelling: String { rawValue }
}

extension OnHostError: Spelled {
    var spelling: String { rawValue }
}

extension UnknownName: Spelled {
    var spelling: String { rawValue }
}

extension ClientCertificateSettings.Method: Spelled {
    var spelling: String { name }
}

extension SecurityLevel: Spelled {
    var spelling: String { Schema.name(of: self) }
}

extension PasswordSetting: Spelled {
    var spelling: String { text }
}

extension PortChoice: Spelled {
    var spelling: String {
        switch self {
        case .number(let number): "\(number)"
        case .automatic: "auto"
        }
    }
}

extension ProxyProtocolMode: Spelled {
    var spelling: String { rawValue }
}

extension IPNetwork: Spelled {
    var spelling: String { entry }
}

extension KeepAlive: Spelled {
    var spelling: String {
        switch self {
        case .every(let idle, let interval, let count): "\(idle):\(interval):\(count)"
        case .system: "True"
        case .off: "False"
        }
    }
}

extension UnixOwner: Spelled {
    var spelling: String { (user ?? "") + (group.map { ":\($0)" } ?? "") }
}

extension HandlerOptions.Value: Spelled {
    var spelling: String { text }
}
