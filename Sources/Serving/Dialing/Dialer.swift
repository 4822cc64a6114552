internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

/// Connects to a target: its addresses one after the other, until one accepts.
struct Dialer {
    let worker: Worker
    let host: Host
    let listener: ListenerFacts
    /// The client whose handler dials; nil if the host itself dials.
    let owner: Connection?
    let whenClosed: (@Sendable (Traffic) -> Void)?

    /// Dials; to be called on the worker's loop.
    ///
    /// - Throws: ``DialError``; ``ClientError/cancelled``.
    func dial(_ target: DialTarget) async throws -> Connection {
        let end = MonotonicClock.now() &+ UInt64(clamping: target.timeout.nanoseconds)
        let endpoints = try await endpoints(of: target)
        var failure = DialError.timedOut
        for (index, endpoint) in endpoints.enumerated() {
            let now = MonotonicClock.now()
            guard now < end else { throw failure }
            // Time for each of those that are left.
            let share = (end - now) / UInt64(endpoints.count - index)
            do throws(any Error) {
                return try await connect(
                    to: endpoint, target, within: .nanoseconds(Int64(clamping: share)))
            } catch let error as DialError {
                failure = error
            }
        }
        throw failure
    }

    private func connect(
        to endpoint: Endpoint, _ target: DialTarget, within limit: Duration
    ) async throws -> Connection {
        if target.avoidsOwnHost, worker.routes.leads(endpoint, target, to: host) {
            throw DialError.ownHost
        }
        let connection: Connection
        do throws(SystemError) {
            connection = Connection(
                dialing: endpoint, over: try StreamSocket(connectingTo: endpoint), for: self)
        } catch {
            throw DialError.unreachable(reason: error.reason)
        }
        try await connection.finishDialing(target, within: limit)
        connection.role.dialed?.whenClosed = whenClosed
        return connection
    }

    private func endpoints(of target: DialTarget) async throws -> [Endpoint] {
        if let endpoint = target.endpoint { return [endpoint] }
        switch target.place {
        case .unix(let name):
            throw DialError.unresolved(reason: "\"\(name)\" is no unix socket")
        case .host(let name, let port):
            let found = try await addresses(of: name, within: target.timeout)
            let usable = target.family.sorted(found)
            guard !usable.isEmpty else {
                throw DialError.unresolved(reason: "no address of the family asked for")
            }
            return usable.map { Endpoint(SocketAddress($0, port: port)) }
        }
    }

    private func addresses(of name: String, within limit: Duration) async throws -> [IPAddress] {
        // getaddrinfo(3) does not convert names beyond ASCII.
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
        let name = isASCII ? name : ServerName.ofTarget(name) ?? name
        let outcome = await Resolution.wait(
            for: name, from: worker.resolver, on: worker.loop, upTo: limit)
        switch outcome {
        case .answer(.success(let addresses)): return addresses
        case .answer(.failure(let failure)): throw DialError.unresolved(reason: failure.reason)
        case .timedOut: throw DialError.timedOut
        case .cancelled: throw ClientError.cancelled
        }
    }
}

extension DialTarget.Family {
    /// Those addresses that may be used, in the order to try them.
    func sorted(_ addresses: [IPAddress]) -> [IPAddress] {
        let v4 = addresses.filter { $0.family == .v4 }
        let v6 = addresses.filter { $0.family == .v6 }
        return switch self {
        case .any: addresses
        case .preferIPv4: v4 + v6
        case .preferIPv6: v6 + v4
        case .onlyIPv4: v4
        case .onlyIPv6: v6
        }
    }
}
