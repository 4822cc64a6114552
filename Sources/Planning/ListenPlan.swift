package import Configuration
package import NetworkTypes

/// The endpoints to open, and the hosts that each one serves.
///
/// It is decided before any socket is created.
package struct ListenPlan: Sendable {
    /// The hosts in the order of the file, disabled ones included.
    package let hosts: [HostSettings]
    /// The endpoints in the order of their first mention in the file.
    package let endpoints: [PlannedEndpoint]

    /// Creates a plan.
    package init(hosts: [HostSettings], endpoints: [PlannedEndpoint]) {
        self.hosts = hosts
        self.endpoints = endpoints
    }
}

/// One socket to listen on, with the hosts that share it.
package struct PlannedEndpoint: Sendable {
    /// The address to listen on; port 0 means a free port that the kernel picks.
    package let address: Endpoint
    /// Whether clients speak TLS from their first byte.
    package let isTLS: Bool
    /// The enabled hosts as indexes into ``ListenPlan/hosts``, in the order of the file.
    ///
    /// The first is the endpoint's default, whichever hosts are up.
    package let hosts: [Int]
    /// The disabled hosts that would listen here: their names are refused.
    package let disabledHosts: [Int]
    /// The first value that requests this endpoint.
    package let location: SourceLocation
    /// The socket options, from the keys of all its hosts.
    package var options: ListenerOptions { said.first ?? ListenerOptions() }
    /// Where the first of its hosts that has a key of its socket sets it.
    package func optionPlace(
        _ key: ListenerOptions.Key, _ plan: ListenPlan
    ) -> SourceLocation? {
        hosts.lazy.compactMap { plan.hosts[$0].listener.places[key] }.first
    }

    /// One element or none: most endpoints have no options, and use no memory for them.
    private let said: [ListenerOptions]

    /// Creates an endpoint.
    package init(
        address: Endpoint, isTLS: Bool, hosts: [Int], disabledHosts: [Int],
        location: SourceLocation, options: ListenerOptions = ListenerOptions()
    ) {
        self.address = address
        self.isTLS = isTLS
        self.hosts = hosts
        self.disabledHosts = disabledHosts
        self.location = location
        said = options == ListenerOptions() ? [] : [options]
    }
}
