/// Why a request is not served; the connection ends with the answer, because nobody knows where the
/// next request would begin.
package struct RequestFault: Error, Hashable, Sendable {
    /// What the client is told.
    package let status: Status
    /// What is wrong, for people: no capital, no full stop.
    package let reason: String

    init(_ status: Status, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    /// More content than may be.
    package static let contentTooLarge = RequestFault(
        .contentTooLarge, "the content is too large")

    /// The syntax is wrong.
    static func bad(_ reason: String) -> RequestFault { RequestFault(.badRequest, reason) }
}
