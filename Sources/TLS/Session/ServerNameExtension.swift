internal import NetworkTypes

/// The server_name extension of a ClientHello (RFC 6066 section 3).
package enum ServerNameExtension: Equatable, Sendable {
    /// The requested name, and a case-insensitive hash of it.
    case name(String, hash: UInt64)

    /// The bytes are not a server_name extension: alert decode_error.
    case malformed(String)

    /// The name is not a valid host name: alert illegal_parameter.
    case illegal(String)

    /// Parses the bytes after the extension's own type and length.
    ///
    /// Exactly one entry, of type host_name, is accepted, as by OpenSSL, which parses the same bytes later.
    package init(_ bytes: Span<UInt8>) {
        // ServerNameList length (2), name type (1), HostName length (2), HostName.
        guard bytes.count > 5, Self.number(bytes, at: 0) == bytes.count - 2, bytes[2] == 0,
            Self.number(bytes, at: 3) == bytes.count - 5
        else {
            self = .malformed("malformed server_name extension")
            return
        }
        let name = bytes.extracting(5...)
        guard name.count <= 255 else {
            self = .illegal("server name of \(name.count) bytes, at most 255 are possible")
            return
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in name.indices {
            guard name[index] != 0 else {
                self = .illegal("server name with a NUL byte")
                return
            }
            let lower = (0x41...0x5A).contains(name[index]) ? name[index] | 0x20 : name[index]
            // FNV-1a, the 64 bit version.
            hash = (hash ^ UInt64(lower)) &* 0x0000_0100_0000_01b3
        }
        // Validated here because it reaches programs, modules, targets and records, which need not check it
        // again.
        guard HostNameSyntax.isHostName(name) else {
            self = .illegal("server name \(EscapedText.quoted(name)) is no host name")
            return
        }
        self = .name(Self.text(name), hash: hash)
    }

    private static func number(_ bytes: Span<UInt8>, at index: Int) -> Int {
        Int(bytes[index]) << 8 | Int(bytes[index + 1])
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
