internal import HandlerAPI
internal import NetworkTypes

/// Finds contradictions between sections.
enum SettingsCheck {
    /// Reports contradictions between hosts, targets and the server.
    static func check(_ settings: Settings, into diagnostics: inout Diagnostics) {
        checkTLS(settings, into: &diagnostics)
        AccessCheck.check(settings, into: &diagnostics)
        for host in settings.hosts {
            ClientCertificateCheck.check(
                host, settings.server.clientCertificates, into: &diagnostics)
            HostCheck.checkChallenge(of: host, settings.server, into: &diagnostics)
        }
        if !settings.targets.isEmpty { checkTargets(settings, into: &diagnostics) }
    }

    private static func checkTLS(_ settings: Settings, into diagnostics: inout Diagnostics) {
        guard let noTLS = settings.server.forbidsTLS, noTLS.value else { return }
        let origin = [Diagnostic.Note(at: noTLS.location, "NoSSL is here")]
        for host in settings.hosts where host.isEnabled {
            if let upgrade = host.tls.upgrade, upgrade.value {
                diagnostics.warn(
                    at: upgrade.location, "AuthSslCmd has no effect: [Server] has NoSSL=True",
                    related: origin)
            }
            var places = host.tlsPort.map { [("BindSslPort", $0.location)] } ?? []
            for address in host.addresses {
                guard case .unix(_, isTLS: true) = address.value else { continue }
                places.append(("\(address.value)", address.location))
            }
            for (what, place) in places {
                diagnostics.error(
                    at: place,
                    "\(what) of [\(host.section)] is not allowed: [Server] has NoSSL=True",
                    related: origin)
            }
        }
    }

    /// The most targets without a host that get a suggestion.
    private static let guessLimit = 100

    /// Reports targets without a host, and two hosts with the same target.
    private static func checkTargets(_ settings: Settings, into diagnostics: inout Diagnostics) {
        let tags = settings.hosts.map(\.tag)
        let known = Set(tags.map { $0.lowercased() })
        // A suggestion compares the tag with every host.
        var guesses = 0
        for target in settings.targets {
            checkFamily(of: target, into: &diagnostics)
            guard let tag = target.tag, !known.contains(tag.value.lowercased()) else { continue }
            guesses += 1
            diagnostics.warn(
                at: tag.location,
                "no host has the tag \(tag.value.quoted)"
                    + Suggestion.hint(for: tag.value, among: guesses > guessLimit ? [] : tags))
        }
        var owners: [String: Located<String>] = [:]
        for host in settings.hosts where host.isEnabled {
            guard let handler = host.handler, host.traits.usesTargets else { continue }
            if let first = owners[host.tag.lowercased()] {
                diagnostics.error(
                    at: handler.location,
                    "[\(host.section)] and [\(first.value)] both proxy to the targets of the tag "
                        + host.tag.quoted,
                    related: [.init(at: first.location, "the first is here")])
            } else {
                owners[host.tag.lowercased()] = Located(host.section, at: handler.location)
            }
        }
    }

    /// Reports an address that `SocketFamily` forbids.
    private static func checkFamily(
        of target: TargetSettings, into diagnostics: inout Diagnostics
    ) {
        let families: [String: IPAddress.Family] = ["sfIPv4": .v4, "sfIPv6": .v6]
        guard let host = target.host, let socketFamily = target.socketFamily,
            let family = families[socketFamily],
            // The address without its zone.
            let address = host.value.split(separator: "%").first.flatMap({ IPAddress($0) }),
            address.family != family
        else { return }
        diagnostics.error(
            at: host.location,
            "\(host.value.quoted) is not an \(family == .v4 ? "IPv4" : "IPv6") address, and "
                + "SocketFamily=\(socketFamily) allows no other")
    }
}
