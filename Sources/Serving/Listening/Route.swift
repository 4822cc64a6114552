internal import HandlerAPI
internal import NetworkTypes

/// Where the clients of one listener go, on one loop.
final class Route {
    let listener: Listener
    /// The newest one.
    fileprivate(set) var router: EndpointRouter

    fileprivate init(_ listener: Listener, _ router: EndpointRouter) {
        (self.listener, self.router) = (listener, router)
    }

    /// Whether a connection to the endpoint reaches the listener.
    fileprivate func isReached(by endpoint: Endpoint) -> Bool {
        if listener.address.isReached(by: endpoint) { return true }
        guard listener.isDualStack, let port = listener.address.port else { return false }
        return Endpoint(SocketAddress(.anyV4, port: port)).isReached(by: endpoint)
    }
}

/// The routes of one loop, also of listeners that the loop no longer accepts from: connected clients
/// still request hosts.
final class RouteTable {
    /// By ``Listener/id``.
    private var routes: [UInt64: Route] = [:]
    /// The one that was requested last: most requests name a host, and most clients have one listener.
    private var last: Route?
    /// The ports of all routes, which every dial checks first.
    private var ports: Set<UInt16?> = []

    /// Goes over to the next state of the server.
    ///
    /// - Returns: the routes that are new.
    func update(_ change: ServerChange) -> [Route] {
        last = nil
        for listener in change.closed { routes[listener.id] = nil }
        var added: [Route] = []
        for (listener, router) in change.routes {
            if let route = routes[listener.id] {
                route.router = router
            } else {
                let route = Route(listener, router)
                routes[listener.id] = route
                added.append(route)
            }
        }
        ports = Set(routes.values.map(\.listener.address.port))
        return added
    }

    /// The newest router of a listener; nil when it is closed, or switched between plain and TLS.
    func router(of listener: ListenerFacts) -> EndpointRouter? {
        if last?.listener.id != listener.listener { last = routes[listener.listener] }
        guard let router = last?.router, router.listener.isTLS == listener.isTLS else { return nil }
        return router
    }

    /// Whether a dial to the endpoint reaches the host itself.
    func leads(_ endpoint: Endpoint, _ target: DialTarget, to host: Host) -> Bool {
        guard ports.contains(endpoint.port) else { return false }
        return routes.values.contains { route in
            route.isReached(by: endpoint)
                && route.router.host(of: target)?.account === host.account
        }
    }

    /// Releases the listeners.
    func removeAll() { (routes, last, ports) = ([:], nil, []) }
}
