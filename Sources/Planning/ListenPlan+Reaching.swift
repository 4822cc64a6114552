package import Configuration
internal import HandlerAPI
package import NetworkTypes

extension ListenPlan {
    /// The endpoint whose listener accepts clients of an address.
    ///
    /// The one on exactly that address, else the one on every address of its family and port.
    package func endpoint(reachedBy target: Endpoint) -> Int? {
        if let exact = endpoints.firstIndex(where: { $0.address == target }) { return exact }
        guard let socket = target.socketAddress, socket.port != 0 else { return nil }
        let every = SocketAddress(socket.ip.family == .v4 ? .anyV4 : .anyV6, port: socket.port)
        return endpoints.firstIndex { $0.address.socketAddress == every }
    }
}

extension PlannedEndpoint {
    /// The hosts that may serve clients of a plain endpoint, which send no server name.
    ///
    /// The first one; if that is a web host, whose requests name their hosts, also the others of its kind.
    package func plainHosts(_ all: [HostSettings]) -> [Int] {
        guard let first = hosts.first else { return [] }
        return all[first].traits.speaksHTTP ? hosts.filter { all[$0].traits.speaksHTTP } : [first]
    }

    /// Chooses the host for a client of a plain endpoint: the first that is up.
    package func choosePlain(_ all: [HostSettings], isUp: (Int) -> Bool) -> ServerNameTable.Choice {
        plainHosts(all).first(where: isUp).map { .host($0) } ?? .refuse(host: hosts.first)
    }
}
