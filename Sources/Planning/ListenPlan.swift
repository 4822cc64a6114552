package import Configuration
package import NetworkTypes

/// Everything that is decided before a socket exists: which endpoints to open, and which hosts each
/// one serves.
package struct ListenPlan: Sendable {
    /// The hosts in the order of the file, disabled ones included.
    package let hosts: [HostSettings]
    /// The endpoints in the order in which the file names them first.
    package let endpoints: [PlannedEndpoint]

    /// Creates a plan.
    package init(hosts: [HostSettings], endpoints: [PlannedEndpoint]) {
        self.hosts = hosts
        self.endpoints = endpoints
    }
}

/// One socket to listen on, with the hosts that share it.
package struct PlannedEndpoint: Sendable {
    /// Where to listen; port 0 means a free port of the kernel's choice.
    package let address: Endpoint
    /// Whether clients speak TLS from their first byte.
    package let isTLS: Bool
    /// The enabled hosts as indexes into ``ListenPlan/hosts``, in the order of the file.
    ///
    /// The first is the endpoint's default, whoever is up.
    package let hosts: [Int]
    /// The disabled hosts that would listen here: their names are refused.
    package let disabledHosts: [Int]
    /// The value that asked for this endpoint first.
    package let location: SourceLocation
    /// How to set the socket up, by the keys of all its hosts.
    package var options: ListenerOptions { said.first ?? ListenerOptions() }
    /// One element or none: most endpoints take no room for it.
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
