/// Finds what a host and the server say about certificates of clients and cannot mean.
enum ClientCertificateCheck {
    /// Tells where the server's word counts instead of the host's, and files that lack or have no use.
    static func check(
        _ host: HostSettings, _ server: ClientCertificateSettings,
        into diagnostics: inout Diagnostics
    ) {
        guard host.needsCertificate else { return }
        let own = host.tls.clients
        checkMethods(of: host, own, server, into: &diagnostics)
        let joined = own.joined(with: server)
        let isUnmapped = host.troubles.contains { $0.key == "CliCertCA" }
        if joined.asks, joined.authorities == nil, !isUnmapped, let method = joined.method {
            diagnostics.warn(
                at: method.location,
                "CliCertCA is not set: clients of [\(host.section)] may come with a certificate of any"
                    + " authority that this system knows")
        }
        guard !joined.asks else { return }
        for (key, file) in [("CliCertCA", own.authorities), ("CliCertCRL", own.revocations)] {
            guard let file else { continue }
            diagnostics.warn(
                at: file.location, "\(key) has no effect: CliCertMethod is sslCliCertNone")
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
            "CliCertMethod of [\(host.section)] is \(stricter): the stricter of its own and the "
                + "server's counts\(foreign)",
            related: [.init(at: other.location, "the server's is here")])
    }
}
