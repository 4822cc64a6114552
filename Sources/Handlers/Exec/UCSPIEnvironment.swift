internal import Glibc
internal import HandlerAPI
internal import NetworkTypes

/// The environment variables that describe a client to its program: those of UCSPI, UCSPI-unix and
/// UCSPI-TLS.
enum UCSPIEnvironment {
    /// The variables of a client.
    static func variables(of client: Client) -> [String: String] {
        var variables: [String: String] = ["HOSTTAG": client.hostTag]
        if let peer = client.remoteAddress.unixPeer {
            variables["PROTO"] = "UNIX"
            variables["UNIXREMOTEPID"] = "\(peer.processID)"
            variables["UNIXREMOTEEUID"] = "\(peer.userID)"
        } else {
            variables["PROTO"] = "TCP"
            variables["TCPLOCALIP"] = "\(client.localAddress.ip)"
            variables["TCPLOCALPORT"] = "\(client.localAddress.port)"
            variables["TCPREMOTEIP"] = "\(client.remoteAddress.ip)"
            variables["TCPREMOTEPORT"] = "\(client.remoteAddress.port)"
            variables["TCPLOCALHOST"] = client.serverName ?? machineName
        }
        variables["SSL_PROTOCOL"] = client.tlsVersion
        variables["SSL_CIPHER"] = client.tlsCipher
        variables["SSL_TLS_SNI_SERVERNAME"] = client.serverName
        if let certificate = client.certificate {
            variables["SSL_PEER_CERT_HASH"] = certificate.fingerprint
            variables["SSL_CLIENT_S_DN"] = certificate.subject
            variables["SSL_CLIENT_S_DN_CN"] = certificate.commonName
            variables["SSL_CLIENT_I_DN"] = certificate.issuer
        }
        return variables
    }

    /// The name of this machine (gethostname(2)).
    static let machineName: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
