internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Serving

/// The line that `systemctl status` shows.
struct StatusLine {
    /// How many hosts that are down are named with their reason.
    private static let reasonsShown = 3

    private let failure: String
    private let outdated: Int
    private let enabled: Int
    /// Why hosts are down.
    private let troubles: [String]
    private let ports: String

    /// Takes what changes with the configuration only.
    init(_ running: RunningConfiguration, _ opened: OpenedPlan) {
        failure =
            running.failed.map {
                "reload failed at \(LocalTime.text($0)), running configuration of"
                    + " \(LocalTime.text(running.loaded)); "
            } ?? ""
        outdated = opened.outdatedUp
        let indices = opened.plan.hosts.indices.filter { opened.plan.hosts[$0].isEnabled }
        enabled = indices.count
        troubles = indices.compactMap { index -> String? in
            guard case .down(let trouble) = opened.states[index] else { return nil }
            return "\(opened.plan.hosts[index].section): \(trouble.message)"
        }
        let automatic = opened.endpoints.filter { $0.endpoint.address.port == 0 }
        ports =
            automatic.isEmpty
            ? "" : ", auto: " + automatic.map(\.address.description).joined(separator: " ")
    }

    /// The line for the numbers of this moment.
    func text(
        _ status: ServerStatus, _ certificates: CertificateSummary, degraded: Int = 0
    ) -> String {
        "\(failure)\(enabled - troubles.count) of \(enabled.counted("host")) up"
            + (degraded > 0 ? ", \(degraded) degraded" : "")
            + (outdated > 0 ? ", \(outdated) with previous settings" : "")
            + ", \(status.listeners.counted("listener")), \(status.clients.counted("client")),"
            + " \(status.accepted) accepted, \(status.refused) refused\(ports)"
            // Last, for a line that is too long loses its end.
            + (certificates.text.isEmpty ? "" : "; \(certificates.text)")
            + reasons
    }

    private var reasons: String {
        guard !troubles.isEmpty else { return "" }
        let shown = troubles.prefix(StatusLine.reasonsShown)
        let more = troubles.count > shown.count ? "; \(troubles.count - shown.count) more" : ""
        return "; down: " + shown.joined(separator: "; ") + more
    }
}
