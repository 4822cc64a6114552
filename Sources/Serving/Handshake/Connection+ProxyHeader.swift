internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import ProxyProtocol

/// A connection of a load balancer, before its header of the PROXY protocol says whose it is.
///
/// The header is taken to its last byte and no further: what follows is the client's, TLS included.
extension Connection {
    /// Where the peer has connected to.
    var socketAddress: SocketAddress { socket.localAddress ?? listener.address }

    /// What is expected of the peer.
    var proxyRole: TrustedProxies.Role { listener.proxies?.role(of: peer) ?? .client }

    /// Waits for the header, which must be complete within `HandshakeTimeout`.
    func beginIdentifying() {
        enter(.identifying)
        loop.setDeadline(source, worker.handshakeDeadline)
    }

    /// Continues as far as the bytes that have arrived allow.
    func continueIdentifying() {
        let header: ProxyHeader
        do throws(ProxyHeaderError) {
            guard let complete = try receiveProxyHeader() else {
                if phase == .identifying { clear(.readable) }
                return
            }
            header = complete
        } catch {
            return close(.proxyHeader, detail: "PROXY header: \(error)")
        }
        loop.setDeadline(source, .none)
        identify(by: header)
        // No event tells of what has arrived behind the header.
        set(.readable, to: hasArrivals)
        worker.welcome(self)
        if phase == .handshaking, has(.readable) { continueHandshake() }
    }

    /// Takes the address of the header for that of the client.
    private func identify(by header: ProxyHeader) {
        let fields = header.fields.map { Via.Field(type: $0.type, value: $0.value) }
        // A check of the balancer's own has its own addresses.
        guard let addresses = header.addresses else { return }
        let destination = addresses.destination
        needExtras().via = ProxiedConnection(
            via: Via(address: peer, fields: fields),
            destination: SocketAddress(destination.ip.unmapped, port: destination.port))
        peer = SocketAddress(addresses.source.ip.unmapped, port: addresses.source.port)
    }

    /// Whether something follows that was not received yet, or the peer has ended its side.
    private var hasArrivals: Bool {
        guard !has(.hungUp) else { return true }
        var transfer = StreamSocket.Transfer.wouldBlock
        _ = [UInt8](capacity: 1) { transfer = socket.peek(into: &$0) }
        if case .wouldBlock = transfer { return false }
        return true
    }

    /// Receives what has come of the header.
    ///
    /// - Returns: nil as long as it is not complete, and when the peer has ended before its first byte.
    /// - Throws: what is wrong with it.
    private func receiveProxyHeader() throws(ProxyHeaderError) -> ProxyHeader? {
        guard let part = try partialProxyHeader() else { return nil }
        while part.bytes.count < part.count {
            var transfer = StreamSocket.Transfer.wouldBlock
            part.bytes.append(addingCapacity: part.count - part.bytes.count) {
                transfer = socket.receive(into: &$0)
            }
            switch transfer {
            case .moved: break
            case .wouldBlock: return nil
            case .ended: throw .cutOff
            case .failed(let error): throw ProxyHeaderError("connection: \(error.reason)")
            }
        }
        needExtras().proxyHeader = nil
        let bytes = part.bytes
        return part.isText
            ? try ProxyHeader(text: bytes.span) : try ProxyHeader(binary: bytes.span)
    }

    /// What has come already, once its first bytes say how long it is.
    private func partialProxyHeader() throws(ProxyHeaderError) -> PartialProxyHeader? {
        if let part = extras?.proxyHeader { return part }
        var transfer = StreamSocket.Transfer.wouldBlock
        let first = [UInt8](capacity: ProxyHeader.textLimit) { transfer = socket.peek(into: &$0) }
        switch transfer {
        case .moved: break
        case .wouldBlock: return nil
        case .failed(let error): throw ProxyHeaderError("connection: \(error.reason)")
        case .ended:
            // Balancers check a port so.
            close(.peerClosed)
            return nil
        }
        let part: PartialProxyHeader
        switch try ProxyHeader.prefix(of: first.span) {
        case .incomplete:
            guard !has(.hungUp) else { throw .cutOff }
            return nil
        case .text(let count): part = PartialProxyHeader(count: count, isText: true)
        case .binary(let count): part = PartialProxyHeader(count: count, isText: false)
        }
        needExtras().proxyHeader = part
        return part
    }
}

/// What has been received of a header.
final class PartialProxyHeader {
    /// How many bytes it has.
    let count: Int
    /// Whether it is of version 1.
    let isText: Bool
    fileprivate(set) var bytes: [UInt8] = []

    fileprivate init(count: Int, isText: Bool) { (self.count, self.isText) = (count, isText) }
}

/// What a load balancer said of a client that it passes on.
struct ProxiedConnection {
    /// The balancer.
    let via: Via
    /// What the client connected to.
    let destination: SocketAddress
}
