internal import HandlerAPI
internal import NetworkTypes
internal import ProxyProtocol

/// The header of the PROXY protocol, which passes the address of a client to a target.
///
/// Source: "The PROXY protocol, versions 1 & 2" of haproxy.
enum ProxyHeader: String, CaseIterable {
    case none, v1, v2

    /// The header of a health check: no client (command LOCAL in version 2).
    var bytesOfCheck: [UInt8] {
        switch self {
        case .none: []
        case .v1: ProxyHeader.unknown
        case .v2: ProxyHeader.signature + [0x20, 0, 0, 0]
        }
    }

    private static let unknown = Array("PROXY UNKNOWN\r\n".utf8)
    private static let signature = ProxyProtocol.ProxyHeader.signature

    /// The header for a client; empty for `none`.
    func bytes(for client: Client) -> [UInt8] {
        switch self {
        case .none: []
        case .v1: ProxyHeader.text(client)
        case .v2: ProxyHeader.binary(client)
        }
    }

    /// Version 1, at most 107 bytes: `PROXY TCP4 192.0.2.1 192.0.2.2 4711 80`.
    private static func text(_ client: Client) -> [UInt8] {
        let (remote, local) = (client.remoteAddress, client.localAddress)
        let family: String
        switch (remote.ip.family, local.ip.family) {
        case (.v4, .v4): family = "TCP4"
        case (.v6, .v6): family = "TCP6"
        // Version 1 has no form for a unix socket.
        default: return unknown
        }
        return Array(
            "PROXY \(family) \(remote.ip) \(local.ip) \(remote.port) \(local.port)\r\n".utf8)
    }

    /// Version 2, with the TLS parameters of the client.
    private static func binary(_ client: Client) -> [UInt8] {
        let (remote, local) = (client.remoteAddress, client.localAddress)
        var body: [UInt8] = []
        // 0 unspecified, 0x11 TCP over IPv4, 0x21 over IPv6.
        let family: UInt8
        switch (remote.ip.bytes, local.ip.bytes) {
        case (let source, let target) where source.count == target.count && !source.isEmpty:
            family = source.count == 4 ? 0x11 : 0x21
            body = source + target + bigEndian(remote.port) + bigEndian(local.port)
        default:
            family = 0
        }
        if let name = client.applicationProtocol {
            body += field(.applicationProtocol, Array(name.utf8))
        }
        if let name = client.serverName { body += field(.serverName, Array(name.utf8)) }
        if let version = client.tlsVersion { body += tlsField(client, version) }
        body += fieldsPassedOn(of: client, behind: body.count)
        // 0x21: version 2, command PROXY.
        return signature + [0x21, family] + bigEndian(UInt16(body.count)) + body
    }

    /// What the load balancer of the client has said, as far as we say no other and there is room.
    private static func fieldsPassedOn(of client: Client, behind count: Int) -> [UInt8] {
        var said: Set<UInt8> = []
        if client.applicationProtocol != nil { said.insert(Field.applicationProtocol.rawValue) }
        if client.serverName != nil { said.insert(Field.serverName.rawValue) }
        if client.tlsVersion != nil { said.insert(Field.tls.rawValue) }
        var bytes: [UInt8] = []
        for field in client.via?.fields ?? [] where !said.contains(field.type) {
            guard count + bytes.count + 3 + field.value.count <= Int(UInt16.max) else { continue }
            bytes += [field.type] + bigEndian(UInt16(field.value.count)) + field.value
        }
        return bytes
    }

    /// The types of fields.
    private enum Field: UInt8 {
        case applicationProtocol = 0x01
        case serverName = 0x02
        case tls = 0x20
        case tlsVersion = 0x21
        case tlsCommonName = 0x22
        case tlsCipher = 0x23
    }

    private static func field(_ type: Field, _ value: [UInt8]) -> [UInt8] {
        [type.rawValue] + bigEndian(UInt16(value.count)) + value
    }

    /// The TLV of section 2.2.6 of the specification.
    private static func tlsField(_ client: Client, _ version: String) -> [UInt8] {
        let certificate = client.certificate
        // 1: it speaks TLS; 2: it has shown a certificate on this connection; 4: in this session.
        let flags: UInt8 =
            switch certificate?.isOfEarlierConnection {
            case nil: 1
            case false?: 7
            case true?: 5
            }
        // 0 only for a verified certificate; the server refuses clients with any other.
        let verify: UInt8 = certificate == nil ? 1 : 0
        var value: [UInt8] = [flags, 0, 0, 0, verify] + field(.tlsVersion, Array(version.utf8))
        if let name = certificate?.commonName { value += field(.tlsCommonName, Array(name.utf8)) }
        if let name = client.tlsCipher { value += field(.tlsCipher, Array(name.utf8)) }
        return field(.tls, value)
    }

    private static func bigEndian(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)]
    }
}
