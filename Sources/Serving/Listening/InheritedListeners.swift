internal import NetworkTypes
package import Planning
package import Platform

/// The sockets that the process was started with, until a plan needs them.
///
/// Those with a ``StoreName`` are from an earlier process of the service; any other name is that of a
/// socket unit, whose sockets are found by their address. Sockets of a socket unit are always kept:
/// they are bound as long as the unit is active, and a later reload may need them.
package final class InheritedListeners: Sendable {
    private struct Content {
        var sockets: [InheritedSocket] = []
        var activated: [Listener] = []
        /// The names of stored sockets that could not be used and are closed.
        var lost: Set<String> = []
    }

    private let content: Lock<Content>

    /// Takes over descriptors.
    package init(_ sockets: [InheritedSocket] = []) {
        content = Lock(Content(sockets: sockets))
    }

    /// Whether none is left that a plan might need.
    package var isEmpty: Bool {
        content.withLock { $0.sockets.isEmpty && $0.activated.isEmpty }
    }

    /// Shuts down the sockets of an earlier process that a plan does not need.
    ///
    /// The service manager still has them open: a shutdown frees their ports for endpoints of another
    /// address.
    ///
    /// - Returns: their names.
    package func discard(unwantedBy plan: ListenPlan) -> [String] {
        let wanted = Set(plan.endpointKeys.map { StoreName.text(of: $0) })
        let unwanted = content.withLock { content in
            func isUnwanted(_ socket: InheritedSocket) -> Bool {
                StoreName.isOne(socket.name) && !wanted.contains(socket.name)
            }
            defer { content.sockets.removeAll(where: isUnwanted) }
            return content.sockets.filter(isUnwanted)
        }
        for socket in unwanted { socket.end() }
        return unwanted.map(\.name)
    }

    /// Closes the sockets of an earlier process that have been replaced.
    ///
    /// - Parameter open: the names of the listeners that are open.
    /// - Returns: the names under which the service manager still keeps a useless socket; each once.
    package func closeLeftovers(of open: Set<String>) -> Set<String> {
        content.withLock { content in
            var names = content.lost
            content.lost = []
            content.sockets.removeAll { socket in
                guard StoreName.isOne(socket.name), open.contains(socket.name) else { return false }
                socket.close()
                names.insert(socket.name)
                return true
            }
            return names
        }
    }

    /// The sockets of socket units that no host listens on, by name and address.
    package var idle: [String] {
        content.withLock { content in
            content.sockets.filter { !StoreName.isOne($0.name) }.map { socket in
                "\(socket.name) (\(socket.endpoint.map { "\($0)" } ?? "no listening socket"))"
            }
        }
    }

    /// The descriptors of socket units that none of these listeners has.
    func idleNumbers(with listeners: Set<UInt64>) -> Set<CInt> {
        content.withLock { content in
            let unwanted = content.sockets.filter {
                $0.endpoint != nil && !StoreName.isOne($0.name)
            }
            let closed = content.activated.filter { !listeners.contains($0.id) }
            return Set(unwanted.map(\.number) + closed.map(\.number))
        }
    }

    /// The socket of a socket unit that prevents listening on an endpoint, and whether it is for both
    /// families; nil if there is none.
    func obstacle(to endpoint: Endpoint) -> (address: Endpoint, isDualStack: Bool)? {
        content.withLock { content in
            let sockets =
                content.sockets.filter { !StoreName.isOne($0.name) }.compactMap { socket in
                    socket.endpoint.map { (address: $0, isDualStack: socket.isDualStack) }
                } + content.activated.map { (address: $0.address, isDualStack: $0.isDualStack) }
            return sockets.first { socket in
                guard socket.address.port == endpoint.port,
                    let mine = socket.address.socketAddress?.ip,
                    let other = endpoint.socketAddress?.ip
                else { return false }
                return socket.isDualStack
                    || mine.family == other.family && (mine.isWildcard || other.isWildcard)
            }
        }
    }

    /// Whether a socket unit passed one socket for both families of a port.
    func hasDualStack(port: UInt16?) -> Bool {
        content.withLock { content in
            content.sockets.contains {
                $0.isDualStack && $0.endpoint?.port == port && !StoreName.isOne($0.name)
            } || content.activated.contains { $0.isDualStack && $0.address.port == port }
        }
    }

    /// The listener of an endpoint, if its socket is here.
    ///
    /// A socket for both families is that of every IPv4 address, too: an endpoint for all addresses of
    /// both needs that of IPv6 only.
    ///
    /// - Throws: the call that failed for the socket that is here; it is closed then.
    func listener(
        for endpoint: PlannedEndpoint, _ key: EndpointKey, backlog: Int
    ) throws(SystemError) -> Listener? {
        let name = StoreName.text(of: key)
        let mayBeDual = endpoint.address.isEveryIPv4
        func fits(_ address: Endpoint?, isDualStack: Bool) -> Bool {
            guard let address else { return false }
            return address.isSame(as: endpoint.address)
                || mayBeDual && isDualStack && address.port == endpoint.address.port
        }
        let open = content.withLock { content in
            content.activated.first { fits($0.address, isDualStack: $0.isDualStack) }
        }
        if let open { return open }
        let found = content.withLock { content -> InheritedSocket? in
            let index =
                content.sockets.firstIndex {
                    $0.name == name && $0.endpoint?.isSame(as: endpoint.address) == true
                }
                ?? content.sockets.firstIndex {
                    !StoreName.isOne($0.name) && fits($0.endpoint, isDualStack: $0.isDualStack)
                }
            return index.map { content.sockets.remove(at: $0) }
        }
        guard let found else { return nil }
        let isStored = found.name == name
        // The mode and owner of a socket unit's file are the unit's; those of the configuration are set
        // later, with a warning if that fails (``Server/serve(_:onRouted:)``).
        var options = endpoint.options
        if !isStored { (options.unixMode, options.unixOwner) = (nil, nil) }
        let socket: ListeningSocket
        do throws(SystemError) {
            socket = try ListeningSocket(
                found,
                on: found.isDualStack ? found.endpoint ?? endpoint.address : endpoint.address,
                options: options, backlog: backlog,
                setsAccess: isStored)
        } catch {
            if isStored { content.withLock { _ = $0.lost.insert(name) } }
            throw error
        }
        let listener = Listener(
            socket, options: options, backlog: backlog, origin: isStored ? .stored : .activated)
        if !isStored { content.withLock { $0.activated.append(listener) } }
        return listener
    }
}

extension Endpoint {
    /// Whether a socket bound here is the planned one; port 0 is any, and the zone of a link-local
    /// address is in its name.
    fileprivate func isSame(as planned: Endpoint) -> Bool {
        switch (self, planned) {
        case (.tcp(let mine, _), .tcp(let wanted, let zone)):
            let isSameIP =
                zone == nil
                ? mine.ip == wanted.ip
                : mine.ip.high == wanted.ip.high && mine.ip.low == wanted.ip.low
            return isSameIP && (mine.port == wanted.port || wanted.port == 0)
        case (.unix(let mine), .unix(let wanted)):
            return mine == wanted
        default:
            return false
        }
    }
}
