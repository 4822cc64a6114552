package import NetworkTypes
package import Planning

/// An endpoint of a plan with its open listener.
package struct OpenedEndpoint: Sendable {
    /// The endpoint's index in the plan.
    package let index: Int
    /// The endpoint of the plan.
    package let endpoint: PlannedEndpoint
    /// Its listener.
    package let listener: Listener

    /// The address with the real port.
    package var address: Endpoint { listener.address }

    /// As the journal's LISTENER shows it, such as `127.0.0.1:443 ssl`.
    package var name: String { Self.name(address, isTLS: endpoint.isTLS) }

    static func name(_ address: Endpoint, isTLS: Bool) -> String {
        isTLS ? "\(address) ssl" : "\(address)"
    }
}
