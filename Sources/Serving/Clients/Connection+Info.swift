internal import HandlerAPI
internal import Platform

extension Connection {
    /// The client at this moment, on its loop.
    ///
    /// - Parameter name: the server name that it requested, where libssl does not know it.
    /// - Returns: what is known of it now.
    func currentInfo(serverName name: String? = nil) -> ClientInfo {
        let nanoseconds = MonotonicClock.now() - acceptedAt
        // Before the handshake is over the engine only guesses.
        let isRouted = host != nil
        return ClientInfo(
            id: number, remoteAddress: peer, localAddress: localAddress, listener: listener.info,
            hostTag: host?.tag, serverName: name ?? serverName,
            tlsVersion: isRouted ? tlsVersion : nil,
            tlsCipher: isRouted ? tlsCipher : nil, phase: phase.publicPhase,
            since: WallClock.secondsSince1970 - Int(nanoseconds / 1_000_000_000),
            duration: .nanoseconds(Int64(clamping: nanoseconds)), bytesIn: bytesIn,
            bytesOut: bytesOut)
    }
}

extension Connection.Phase {
    /// What programs see of it.
    var publicPhase: ClientInfo.Phase {
        switch self {
        case .accepted, .connecting, .handshaking: .handshaking
        case .serving: .serving
        case .resting: .resting
        case .relaying: .relaying
        case .flushing, .lingering, .aborting: .closing
        case .closed: .closed
        }
    }
}
