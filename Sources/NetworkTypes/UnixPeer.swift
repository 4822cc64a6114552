/// The process at the other end of a unix socket, as it was when it connected (`SO_PEERCRED`,
/// unix(7)).
public struct UnixPeer: Hashable, Sendable {
    /// Its process id, 0 where the kernel does not report it, as for another pid namespace.
    public let processID: Int32
    /// Its effective user id.
    public let userID: UInt32

    package init(processID: Int32, userID: UInt32) {
        self.processID = processID
        self.userID = userID
    }
}

extension SocketAddress {
    /// The peer, if it came over a unix socket and so has no IP address.
    public var unixPeer: UnixPeer? {
        guard ip.family == .unix else { return nil }
        return UnixPeer(
            processID: Int32(truncatingIfNeeded: ip.high),
            userID: UInt32(truncatingIfNeeded: ip.low))
    }

    /// Puts a peer where clients of TCP have their address, so that a client needs one place only.
    package init(_ peer: UnixPeer) {
        self.init(IPAddress(peer), port: 0)
    }
}
