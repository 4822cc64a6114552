internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Serving

/// The line that `systemctl status` shows.
struct StatusLine {
    /// How many hosts that are left out are named with their reason.
    private static let reasonsShown = 3

    private let failure: String
    private let hosts: String
    private let ports: String
    /// Last, for a line that is too long loses its end.
    private let reasons: String

    /// Takes what changes with the configuration only.
    init(_ running: RunningConfiguration) {
        let opened = running.opened
        failure =
            running.failed.map {
                "reload failed at \(LocalTime.text($0)), running configuration of"
                    + " \(LocalTime.text(running.loaded)); "
            } ?? ""
        let enabled = opened.plan.hosts.indices.filter { opened.plan.hosts[$0].isEnabled }
        let troubles = enabled.compactMap { index -> String? in
            guard case .down(let trouble) = opened.states[index] else { return nil }
            return "\(opened.plan.hosts[index].section): \(trouble.message)"
        }
        let outdated = running.outdated.count
        let shown = troubles.prefix(StatusLine.reasonsShown).joined(separator: "; ")
        let more = troubles.count - StatusLine.reasonsShown
        reasons =
            troubles.isEmpty ? "" : "; left out: \(shown)" + (more > 0 ? "; \(more) more" : "")
        hosts =
            "\(enabled.count - troubles.count) of \(enabled.count) hosts up"
            + (outdated > 0 ? ", \(outdated) as before a reload" : "")
        let automatic = opened.endpoints.filter { $0.endpoint.address.port == 0 }
        ports =
            automatic.isEmpty
            ? "" : ", auto: " + automatic.map(\.address.description).joined(separator: " ")
    }

    /// The line for the numbers of this moment.
    func text(_ status: ServerStatus) -> String {
        "\(failure)\(hosts), \(status.listeners) listeners, \(status.clients) clients,"
            + " \(status.accepted) accepted, \(status.refused) refused\(ports)\(reasons)"
    }
}
