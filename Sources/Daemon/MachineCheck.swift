internal import Configuration
internal import EventLoops
internal import NetworkTypes
internal import Planning
internal import Serving

/// Asks this machine whether the endpoints of a plan could be listened on, without listening.
///
/// What it says holds for this moment, so it is a warning, a note where it need not be one.
struct MachineCheck {
    private let plan: ListenPlan
    private let configuration: String
    private var diagnostics = Diagnostics()
    /// Looked up once, when somebody has a port.
    private var holders: PortHolders?

    /// Binds each endpoint for a moment.
    ///
    /// - Parameters:
    ///   - plan: what is to be listened on.
    ///   - configuration: the path of its file: a daemon that serves it has its ports rightly.
    /// - Returns: what there is to tell, each endpoint at the value that asks for it.
    static func check(_ plan: ListenPlan, configuration: String) -> Diagnostics {
        var check = MachineCheck(plan: plan, configuration: configuration)
        for endpoint in plan.endpoints where !endpoint.hosts.isEmpty {
            do throws(SystemError) {
                try ListeningSocket.probe(endpoint.address, options: endpoint.options)
            } catch {
                check.tell(error, endpoint)
            }
        }
        return check.diagnostics
    }

    private init(plan: ListenPlan, configuration: String) {
        self.plan = plan
        self.configuration = configuration
    }

    private mutating func tell(_ error: SystemError, _ endpoint: PlannedEndpoint) {
        guard let first = endpoint.hosts.first else { return }
        let trouble = OpenedPlan.trouble(error, endpoint, host: plan.hosts[first])
        let others = endpoint.hosts.count - 1
        let who = plan.hosts[first].section + (others > 0 ? " and \(others) other hosts" : "")
        guard error.kind == .portTaken else {
            return diagnostics.warn(
                at: trouble.location, "\(who) would be left out: \(trouble.message)")
        }
        let holders = self.holders ?? PortHolders(configuration: configuration)
        self.holders = holders
        let found = holders.holders(of: endpoint.address)
        guard !found.contains(where: \.isOurs) else { return }
        if let other = found.first(where: { !$0.isManager }) {
            diagnostics.warn(
                at: trouble.location,
                "\(who) would be left out: \(endpoint.address) is in use by \(other.name.quoted), "
                    + "process \(other.process)")
        } else if let manager = found.first {
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is held by \(manager.name.quoted), which keeps it for a "
                    + "service: \(who) gets it if that is icshostd")
        } else if let daemon = holders.daemon {
            diagnostics.note(
                at: trouble.location,
                "\(endpoint.address) is in use, by a process that this user may not look into: "
                    + "\(daemon.name.quoted), process \(daemon.process), serves this file")
        } else {
            diagnostics.warn(
                at: trouble.location, "\(who) would be left out: \(trouble.message)")
        }
    }
}
