internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Serving

/// The text of `run --print-plan`: the table, and one command per host to try it.
enum PlanAnnouncement {
    static func text(_ opened: OpenedPlan) -> String {
        let ports = Dictionary(
            uniqueKeysWithValues: opened.endpoints.compactMap { endpoint in
                endpoint.address.port.map { (endpoint.index, $0) }
            })
        let table = PlanTable(opened.plan) { ports[$0] }
        let commands = opened.plan.hosts.indices.compactMap { command(for: $0, opened) }
        return table.text + "\nTry:\n" + commands.map { "  \($0)\n" }.joined()
    }

    /// The command that connects to a host, over TLS where it has an SSL port.
    private static func command(for index: Int, _ opened: OpenedPlan) -> String? {
        guard opened.states[index].host != nil else { return nil }
        let endpoints = opened.endpoints.filter { $0.endpoint.hosts.contains(index) }
        guard let endpoint = endpoints.first(where: \.endpoint.isTLS) ?? endpoints.first else {
            return nil
        }
        let isTLS = endpoint.endpoint.isTLS
        // Placeholders for the files of the client.
        let shows = isTLS && opened.plan.hosts[index].tls.clients.method?.value == .require
        let name = opened.plan.hosts[index].names.first?.value ?? "*"
        let asked = name.hasPrefix("*") ? "www" + name.dropFirst() : name
        if opened.plan.hosts[index].traits.speaksHTTP, case .tcp(let socket, _) = endpoint.address {
            return curl(
                asked, SocketAddress(reachable(socket.ip), port: socket.port), isTLS: isTLS,
                shows: shows)
        }
        let (client, asking) = (
            "openssl s_client -quiet",
            "-servername \(asked)" + (shows ? " -cert client.pem -key client.key" : "")
        )
        switch endpoint.address {
        case .tcp(let socket, let zone):
            let address = Endpoint.tcp(
                SocketAddress(reachable(socket.ip), port: socket.port), zone: zone)
            return isTLS
                ? "\(client) -connect \(address) \(asking)" : "nc \(address.host) \(socket.port)"
        case .unix(let address) where address.isAbstract:
            // openssl does not support abstract names.
            return isTLS ? nil : "socat - ABSTRACT-CONNECT:\(address.name.dropFirst())"
        case .unix(let address):
            return isTLS ? "\(client) -unix \(address.name) \(asking)" : "nc -U \(address.name)"
        }
    }

    /// The command that fetches a web page; names below localhost resolve to this machine (RFC 6761).
    private static func curl(
        _ name: String, _ address: SocketAddress, isTLS: Bool, shows: Bool
    ) -> String {
        let ip = address.ip.family == .v6 ? "[\(address.ip)]" : "\(address.ip)"
        let isKnown = name == "localhost" || name.hasSuffix(".localhost")
        let way = isKnown ? "" : " --resolve \(name):\(address.port):\(ip)"
        let options =
            (isTLS ? " -k" : "") + (shows ? " --cert client.pem --key client.key" : "") + way
        return "curl\(options) \(isTLS ? "https" : "http")://\(name):\(address.port)/"
    }

    /// An address to connect to: the loopback one for all addresses.
    private static func reachable(_ address: IPAddress) -> IPAddress {
        guard address.isWildcard else { return address }
        return address.family == .v4 ? IPAddress(v4: 0x7f00_0001) : IPAddress(v6: 0, 1)
    }
}
