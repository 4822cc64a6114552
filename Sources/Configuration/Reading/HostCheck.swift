internal import HandlerAPI

/// Finds settings of one host that are valid but surely mistaken.
enum HostCheck {
    /// Reports settings without effect in a host without mistakes.
    static func check(_ host: HostSettings, into diagnostics: inout Diagnostics) {
        checkUpgrade(of: host, into: &diagnostics)
        host.certificate.check(into: &diagnostics)
        guard !host.reserved.isEmpty else { return }
        checkChallenge(of: host, into: &diagnostics)
    }

    /// Reports when no client could request TLS.
    private static func checkUpgrade(of host: HostSettings, into diagnostics: inout Diagnostics) {
        if let upgrade = host.tls.upgrade, upgrade.value, !host.speaksPlain {
            diagnostics.warn(
                at: upgrade.location, "AuthSslCmd has no effect: BindNonPort is not set")
        }
        // A web host redirects its plain clients to the SSL port.
        if let forced = host.tls.forcedUpgrade, forced.value, !host.tls.offersUpgrade,
            !host.traits.speaksHTTP
        {
            diagnostics.warn(
                at: forced.location,
                "AuthForceSsl needs AuthSslCmd=True: without it, clients of the plain port could never log in"
            )
        }
    }

    /// Reports when the ports and directories of a host cannot answer its challenge.
    private static func checkChallenge(
        of host: HostSettings, into diagnostics: inout Diagnostics
    ) {
        guard let option = host.reserved["CertChallenge"],
            case .text(let name) = option.value, let problem = problem(of: name, for: host)
        else { return }
        diagnostics.warn(
            at: option.location, "CertChallenge=\(name) cannot be answered: \(problem)")
    }

    /// Reports the same for the server's challenge and hosts that order certificates.
    static func checkChallenge(
        of host: HostSettings, _ server: ServerSettings, into diagnostics: inout Diagnostics
    ) {
        guard let option = server.reserved["CertChallenge"], case .text(let name) = option.value,
            let order = host.reserved["CertSupplierProto"], order.value != .text("SuppProtoNone"),
            host.reserved["CertChallenge"] == nil, host.mistakes.isEmpty,
            let problem = problem(of: name, for: host)
        else { return }
        diagnostics.warn(
            at: order.location,
            "CertChallenge=\(name) of the server cannot be answered: \(problem)",
            related: [.init(at: option.location, "CertChallenge is here")])
    }

    /// Why a host cannot answer a challenge, nil when it can.
    private static func problem(of name: String, for host: HostSettings) -> String? {
        switch name {
        case "ChallFileFtp", "ChallDnsMan", "ChallEmail", "ChallManual":
            "no server can answer it by itself"
        case _ where name.hasPrefix("ChallFile") && host.plainPort?.value != .number(80):
            "it needs BindNonPort=80"
        case _ where name.hasPrefix("ChallAlpn") && host.tlsPort?.value != .number(443):
            "it needs BindSslPort=443"
        case "ChallFileUNC", "ChallFileApp", "ChallAlpnUNC", "ChallAlpnApp":
            host.hasWellKnownPath ? nil : "it needs WellKnownPath"
        default: nil
        }
    }
}

extension HostSettings {
    /// Whether the directory is set; a Windows path counts, since it is a trouble of its own.
    fileprivate var hasWellKnownPath: Bool {
        reserved["WellKnownPath"] != nil
            || troubles.contains { $0.key == "WellKnownPath" }
    }
}
