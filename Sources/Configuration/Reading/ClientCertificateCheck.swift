/// Finds what a host and the server say about certificates of clients and cannot mean.
enum ClientCertificateCheck {
    /// Tells where the server's word counts instead of the host's, and files that lack or have no use.
    static func check(
        _ host: HostSettings, _ server: ClientCertificateSettings,
        into diagnostics: inout Diagnostics
    ) {
        let own = host.tls.clients
        let joined = own.joined(with: server)
        checkPlainPort(of: host, joined, server, into: &diagnostics)
        guard host.needsCertificate else { return }
        checkMethods(of: host, own, server, into: &diagnostics)
        let isUnmapped = host.troubles.contains { $0.key == "CliCertCA" }
        if joined.asks, joined.authorities == nil, !isUnmapped, let method = joined.method {
            diagnostics.warn(
                at: method.location,
                "CliCertCA is not set: clients of [\(host.section)] may present a certificate of any"
                    + " authority in the trust store of the system")
        }
        guard !joined.asks else { return }
        for (key, file) in [("CliCertCA", own.authorities), ("CliCertCRL", own.revocations)] {
            guard let file else { continue }
            diagnostics.warn(
                at: file.location, "\(key) has no effect: CliCertMethod is sslCliCertNone")
        }
    }

    /// Tells that what clients must show over TLS keeps nobody from the plain port.
    private static func checkPlainPort(
        of host: HostSettings, _ joined: ClientCertificateSettings,
        _ server: ClientCertificateSettings, into diagnostics: inout Diagnostics
    ) {
        guard host.isEnabled, host.speaksPlain, !host.leavesPlainPort else { return }
        // Where the host has no use for the key, that is told already.
        if let method = joined.method, method.value == .require,
            host.needsCertificate || server.method?.value == .require
        {
            diagnostics.warn(
                at: method.location,
                "CliCertMethod=sslCliCertRequire applies to SSL clients only: clients of the plain port of"
                    + " [\(host.section)] need no certificate; remove BindNonPort, or"
                    + " set AuthForceSsl=True",
                related: host.plainPort.map { [.init(at: $0.location, "the plain port is here")] }
                    ?? [])
        }
        if host.needsCertificate, let unknown = host.tls.unknownName, unknown.value == .reject {
            diagnostics.note(
                at: unknown.location,
                "SslUnknownName=reject applies to SSL clients only: the plain port of"
                    + " [\(host.section)] serves clients of any name")
        }
    }

    /// Tells that of two methods the stricter counts.
    private static func checkMethods(
        of host: HostSettings, _ own: ClientCertificateSettings,
        _ server: ClientCertificateSettings, into diagnostics: inout Diagnostics
    ) {
        guard let method = own.method, let other = server.method, method.value != other.value
        else { return }
        let stricter = max(method.value, other.value).name
        // In ICS both are asked, and one that asks less wins over one that demands.
        let foreign =
            min(method.value, other.value) == .optional ? "; in ICS, Optional beats Require" : ""
        diagnostics.note(
            at: method.location,
            "CliCertMethod of [\(host.section)] is \(stricter): the stricter of this and the "
                + "setting of [Server] applies\(foreign)",
            related: [.init(at: other.location, "[Server] sets it here")])
    }
}

extension HostSettings {
    /// Whether clients of the plain port get nothing there but the way to TLS.
    fileprivate var leavesPlainPort: Bool {
        if tls.requiresUpgrade, isWeb || tls.offersUpgrade { return true }
        guard isWeb, case .text(let address) = reserved["WebRedirectURL"]?.value,
            address.lowercased().hasPrefix("https://")
        else { return false }
        guard handler?.value == "web" else { return true }
        let status = reserved["WebRedirectStat"]?.value
        return status != nil && status != .text("0") && status != .integer(0)
    }
}
