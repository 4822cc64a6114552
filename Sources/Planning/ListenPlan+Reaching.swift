package import NetworkTypes

extension ListenPlan {
    /// The endpoint that the kernel gives a client of an address to: the one on just that address,
    /// else the one on every address of its family and port.
    package func endpoint(reachedBy target: Endpoint) -> Int? {
        if let exact = endpoints.firstIndex(where: { $0.address == target }) { return exact }
        guard let socket = target.socketAddress, socket.port != 0 else { return nil }
        let every = SocketAddress(socket.ip.family == .v4 ? .anyV4 : .anyV6, port: socket.port)
        return endpoints.firstIndex { $0.address.socketAddress == every }
    }
}

extension PlannedEndpoint {
    /// What becomes of every client of a plain endpoint, which has no name to choose by: the first
    /// host serves it, or nobody.
    package func choosePlain(isUp: (Int) -> Bool) -> ServerNameTable.Choice {
        guard let first = hosts.first, isUp(first) else { return .refuse(host: hosts.first) }
        return .host(first)
    }
}
