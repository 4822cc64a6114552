internal import ArgumentParser
internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Serving
internal import TextFormats

/// `icshostd explain`: prints which host would serve a client, and the lines of the file that decide it.
struct ExplainCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explains which host serves a client, and why.",
        discussion: """
            Prints the listener, the host and the settings for a client, each with the line of \
            the configuration that decides it, and why the other hosts do not match. The routing \
            code is that of the daemon; no listener is opened. Certificates are loaded and \
            handlers created as by \(ProgramIdentity.command) check.
            """)

    @Argument(
        help: "The address that the client connects to: 192.0.2.1:443, [::1]:443 or unix:/path.")
    var address: String

    @OptionGroup var configuration: ConfigurationArgument

    @Option(help: "The server name (SNI) that the client sends.")
    var sni: String?

    @Option(help: "The IP address of the client.")
    var from: String?

    @Option(help: "The protocols that the client offers (ALPN), separated by commas: h2,http/1.1.")
    var alpn: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    func validate() throws {
        guard Endpoint(parsing: address) != nil else {
            throw ValidationError(
                "ADDRESS must have the form 192.0.2.1:443, [::1]:443 or unix:/path, not \"\(address)\""
            )
        }
        guard let from, IPAddress(from) == nil else { return }
        throw ValidationError("--from must be an IPv4 or IPv6 address, not \"\(from)\"")
    }

    func run(with registry: HandlerRegistry) throws {
        guard let target = Endpoint(parsing: address) else { return }
        var planned = try PlannedConfiguration.read(configuration.path, registry, json: json)
        if planned.hasErrors { return try planned.reportDiagnostics(json: json) }
        let prepared = planned.prepare()
        try planned.reportDiagnostics(json: json)
        let troubles = prepared.states.enumerated().compactMap { index, state in
            state.trouble.map { (index, "\($0.message) (\($0.location))") }
        }
        // Hosts that serve only their plain clients are down on SSL listeners.
        let endpoint = planned.plan.endpoint(reachedBy: target).map { planned.plan.endpoints[$0] }
        let degraded =
            endpoint?.isTLS == true
            ? prepared.degraded.map { ($0.host, "\($0.trouble.message) (\($0.trouble.location))") }
            : []
        let origin = from.flatMap { IPAddress($0) }
        let refusal = { [access = planned.access] (host: Int?) -> String? in
            let rules = host.map { prepared.states[$0].host?.access } ?? access
            return origin.flatMap { rules?.refusal(of: $0)?.description }
        }
        let client = Explanation.Client(
            target: target, origin: origin,
            serverName: sni.map { ServerName.normalized($0) ?? $0 },
            applicationProtocols: (alpn ?? "").split(separator: ",").map(String.init))
        let explanation = Explanation(
            client, planned.plan, keys: KeyLookup(planned.loaded),
            troubles: Dictionary(uniqueKeysWithValues: troubles + degraded),
            protocols: { registry[$0]?.applicationProtocols ?? [] }, refusal: refusal)
        Output.print(
            json ? planned.loaded.diagnostics.added(to: explanation.json) : explanation.text)
    }
}
