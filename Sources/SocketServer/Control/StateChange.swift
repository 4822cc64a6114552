internal import Configuration
package import Platform
package import Serving

/// A change of the state of a server: what one set of hosts becomes.
package struct StateChange: Sendable {
    /// The state that was served.
    package let old: OpenedPlan
    /// The state that is served from now on.
    package let new: OpenedPlan
    /// Hosts that serve their plain clients only, by their index in the new plan.
    package let degraded: [(host: Int, trouble: HostTrouble)]
    /// Hosts whose TLS clients are served again, for their certificates are good again.
    package let recovered: [Host]

    /// Describes a change.
    init(
        from old: OpenedPlan, to new: OpenedPlan,
        degraded: [(host: Int, trouble: HostTrouble)] = [], recovered: [Host] = []
    ) {
        (self.old, self.new) = (old, new)
        (self.degraded, self.recovered) = (degraded, recovered)
    }
}

/// Is told of each change of the state of a server, on the loop of its ``StateControl``.
package protocol StateObserver: AnyObject {
    /// The state changes next.
    func willServe(_ change: StateChange)

    /// New clients get the new state.
    ///
    /// - Parameters:
    ///   - change: the change.
    ///   - stubborn: the listeners whose socket options could not be set.
    func serves(_ change: StateChange, stubborn: [(endpoint: OpenedEndpoint, error: SystemError)])

    /// All loops have the new state, and what it removed is closed.
    func allLoopsServe(_ change: StateChange)
}
