internal import Configuration
internal import Planning
internal import Serving

extension SocketServer {
    /// A host of a server at one moment.
    public struct HostReport: Sendable, Identifiable {
        /// Whether a host serves.
        @nonexhaustive
        public enum State: String, Sendable {
            /// It serves.
            case up
            /// It serves, but not with everything that it is configured for.
            case degraded
            /// It does not serve, and is retried.
            case down
            /// It is not to serve (`HostEnabled`).
            case disabled
        }

        /// The identity of the host: its section in the file, or for hosts in code a name from its tag or position.
        public let id: String
        /// Its tag (`HostTag`).
        public let tag: String
        /// Whether it serves.
        public let state: State
        /// Why it is down or degraded.
        public let reasons: [String]
        /// The place of the value that it is down for: `FILE:LINE:COLUMN`.
        public let place: String?
        /// The `errno` value of the system call that it is down for.
        public let errno: Int32?
        /// Whether it keeps its previous settings because its new ones failed.
        public let isOutdated: Bool
        /// Connected clients.
        public let clients: Int
        /// Clients so far, since it was last changed.
        public let served: Int
    }
}

extension SocketServer.HostReport: CustomStringConvertible {
    /// `web: down: 127.0.0.1:80 is in use by another program (main.swift:9:5)`.
    public var description: String {
        let reason = reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))"
        return "\(tag): \(state)\(reason)\(place.map { " (\($0))" } ?? "")"
    }
}

extension SocketServer.HostReport {
    init(_ host: HostStatus, outdated: HostTrouble?) {
        let trouble = host.state.trouble ?? outdated
        var reasons = host.conditions
        if let down = host.state.trouble {
            reasons.insert(down.message, at: 0)
        } else if let outdated {
            reasons.insert("keeps its previous settings: \(outdated.message)", at: 0)
        }
        let state: State =
            switch host.state {
            case .up: reasons.isEmpty ? .up : .degraded
            case .down: .down
            case .disabled: .disabled
            }
        self.init(
            id: host.id.name, tag: host.tag, state: state, reasons: reasons,
            place: trouble.map { "\($0.location)" }, errno: trouble?.errorNumber,
            isOutdated: outdated != nil && host.state.host != nil, clients: host.clients,
            served: host.served)
    }
}

extension OpenedPlan {
    /// The hosts of a state, in their order.
    func reports() -> [SocketServer.HostReport] {
        zip(plan.hosts, states).map { host, state in
            SocketServer.HostReport(HostStatus(host, state), outdated: outdated[host.id])
        }
    }
}
