internal import HandlerAPI
internal import Platform

extension Connection {
    /// The client at this moment, on its loop.
    ///
    /// - Parameters:
    ///   - name: the server name that it requested, where libssl does not know it.
    ///   - begun: the phase that begins at this moment; nil for ``phase``.
    /// - Returns: what is known of it now.
    func currentInfo(
        serverName name: String? = nil, entering begun: ClientInfo.Phase? = nil
    ) -> ClientInfo {
        let nanoseconds = MonotonicClock.now() - acceptedAt
        return ClientInfo(
            id: number, remoteAddress: peer, via: via?.address,
            localAddress: localAddress, listener: listener.info,
            hostTag: host?.tag, serverName: name ?? serverName,
            tlsVersion: isHandshakeOver ? tlsVersion : nil,
            tlsCipher: isHandshakeOver ? tlsCipher : nil, phase: begun ?? phase.publicPhase,
            since: RealTime.seconds(nanosecondsAgo: nanoseconds),
            duration: .nanoseconds(Int64(clamping: nanoseconds)), bytesIn: bytesIn,
            bytesOut: bytesOut)
    }

    /// Whether libssl knows what was agreed on: before, it only guesses.
    var isHandshakeOver: Bool { host != nil && !has(.upgrading) }
}

extension Connection.Phase {
    /// What programs see of it.
    var publicPhase: ClientInfo.Phase {
        switch self {
        case .accepted, .identifying, .connecting: .accepted
        case .handshaking: .handshaking
        case .serving: .serving
        case .resting: .resting
        case .relaying: .relaying
        case .flushing, .lingering, .aborting: .closing
        case .closed: .closed
        }
    }
}
