internal import Configuration
internal import NetworkTypes
internal import TextFormats

/// Prints a plan as text and as JSON: a row for every host of every endpoint.
package struct PlanTable {
    private let plan: ListenPlan
    private let port: (Int) -> UInt16?
    private let finding: (Int) -> CertificateFacts?
    private let trouble: (Int) -> String?
    private let consequence: (String) -> String

    /// Creates a table from a plan, and the real ports where known.
    ///
    /// - Parameters:
    ///   - plan: the plan to print.
    ///   - port: the port that the kernel picked for the endpoint with an index, nil when unknown.
    ///   - certificate: the facts about the certificate of the host with an index, nil when it was not
    ///     checked.
    ///   - trouble: why the host with an index would be down, nil for one that would be up.
    ///   - consequence: the effect of a trouble on a host, to precede the reason.
    package init(
        _ plan: ListenPlan, port: @escaping (Int) -> UInt16? = { _ in nil },
        certificate: @escaping (Int) -> CertificateFacts? = { _ in nil },
        trouble: @escaping (Int) -> String? = { _ in nil },
        consequence: @escaping (String) -> String = { "\($0) would be down: " }
    ) {
        self.plan = plan
        self.port = port
        finding = certificate
        self.trouble = trouble
        self.consequence = consequence
    }

    /// An aligned table with a heading, followed by the reasons why hosts would be down.
    package var text: String {
        let heading = [
            "ADDRESS", "PORT", "SSL", "HOST", "TAG", "NAMES", "HANDLER", "CERTIFICATE",
        ]
        let table = TextTable([heading] + plan.endpoints.indices.flatMap(rows(ofEndpoint:))).text
        let leftOut = plan.hosts.indices.compactMap { index in
            trouble(index).map {
                "\(consequence(plan.hosts[index].section))\($0.printable)\n"
            }
        }
        return leftOut.isEmpty ? table : "\(table)\n\(leftOut.joined())"
    }

    /// The same as a JSON object with a final line feed.
    package var json: String {
        let endpoints = plan.endpoints.indices.map { index in
            let endpoint = plan.endpoints[index]
            let hosts = members(of: endpoint).map { "        " + json($0, of: endpoint) }
            return """
                    {
                      "address": \(endpoint.address.host.json),
                      "port": \(realPort(index).map(String.init) ?? "null"),
                      "ssl": \(endpoint.isTLS),
                      "hosts": [
                \(hosts.joined(separator: ",\n"))
                      ]
                    }
                """
        }
        guard !endpoints.isEmpty else { return "{\n  \"endpoints\": []\n}\n" }
        return "{\n  \"endpoints\": [\n\(endpoints.joined(separator: ",\n"))\n  ]\n}\n"
    }

    private struct Member {
        let index: Int
        let host: HostSettings
        let isEnabled: Bool
        let isDefault: Bool
    }

    /// The hosts of an endpoint, then the disabled ones whose names it refuses.
    private func members(of endpoint: PlannedEndpoint) -> [Member] {
        endpoint.hosts.map {
            Member(
                index: $0, host: plan.hosts[$0], isEnabled: true,
                isDefault: $0 == endpoint.hosts.first)
        }
            + endpoint.disabledHosts.map {
                Member(
                    index: $0, host: plan.hosts[$0], isEnabled: false, isDefault: false)
            }
    }

    /// The endpoint's port, nil while the kernel has not picked it.
    private func realPort(_ index: Int) -> UInt16? {
        let planned = plan.endpoints[index].address.port
        return planned == 0 ? port(index) : planned
    }

    private func rows(ofEndpoint index: Int) -> [[String]] {
        let endpoint = plan.endpoints[index]
        return members(of: endpoint).map { member in
            let host = member.host
            let state =
                member.isEnabled ? trouble(member.index).map { _ in "down" } : "disabled"
            let marks = [member.isDefault ? "default" : nil, state].compactMap { $0 }
            let mark = marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
            let cells = [
                endpoint.address.host,
                realPort(index).map(String.init) ?? (endpoint.address.port == nil ? "-" : "auto"),
                endpoint.isTLS ? "yes" : "no",
                host.section + mark,
                host.tag,
                Self.abridged(host.names.map(\.value)),
                host.handler?.value ?? "-",
                endpoint.isTLS ? certificate(of: member) : "-",
            ]
            return cells.map(\.printable)
        }
    }

    /// The files of the certificate, and the facts about it.
    private func certificate(of member: Member) -> String {
        let none = member.host.troubles.isEmpty ? "self-made" : "?"
        let files = member.host.certificate.summary ?? none
        guard let facts = finding(member.index) else { return files }
        return ([files] + facts.words).joined(separator: " ")
    }

    /// The first names, and the number of the others.
    private static func abridged(_ names: [String]) -> String {
        let shown = 3
        let more = names.count > shown ? ",+\(names.count - shown)" : ""
        return names.prefix(shown).joined(separator: ",") + more
    }

    private func json(_ member: Member, of endpoint: PlannedEndpoint) -> String {
        let host = member.host
        let names = host.names.map(\.value.json).joined(separator: ", ")
        let certificate = endpoint.isTLS ? host.certificate.summary?.json : nil
        let facts = endpoint.isTLS ? finding(member.index) : nil
        return "{\"section\": \(host.section.json), \"tag\": \(host.tag.json), "
            + "\"names\": [\(names)], \"handler\": \(host.handler?.value.json ?? "null"), "
            + "\"certificate\": \(certificate ?? "null"), \(facts?.json ?? "")"
            + "\"default\": \(member.isDefault), \"enabled\": \(member.isEnabled), "
            + "\"trouble\": \(trouble(member.index)?.json ?? "null")}"
    }
}
