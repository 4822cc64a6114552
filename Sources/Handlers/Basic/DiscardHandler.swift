internal import HandlerAPI

/// Discards what it receives (RFC 863); its clients rest in between.
struct DiscardHandler: Handler {
    static let name = "discard"
    static let summary = "throws away what it gets (RFC 863)"
    static let startsAtRest = true

    init(_ options: HandlerOptions) {}

    func serve(_ client: Client) async throws -> Afterwards {
        let arrival = try client.readArrived { _ in }
        return arrival == .end || client.isDraining ? .close : .rest
    }
}
