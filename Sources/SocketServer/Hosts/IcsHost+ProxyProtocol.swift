extension IcsHost {
    /// Whether load balancers send the addresses of clients: `ProxyProtocol`.
    @nonexhaustive
    public enum ProxyProtocol: String, CaseIterable, Sendable {
        /// Nobody sends a header.
        case none
        /// ``IcsHost/trustedProxies`` send one; all others are clients themselves.
        case optional
        /// ``IcsHost/trustedProxies`` send one; nobody else may connect.
        case require
    }
}

extension IcsHost.ProxyProtocol: SettingText {}
