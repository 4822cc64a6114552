/// Why a request is refused; the connection closes after the answer, because the start of the next
/// request is unknown.
package struct RequestFault: Error, Hashable, Sendable {
    /// The status of the answer.
    package let status: Status
    /// The reason, for people: no capital, no full stop.
    package let reason: String

    init(_ status: Status, _ reason: String) {
        self.status = status
        self.reason = reason
    }

    /// The content exceeds the limit.
    package static let contentTooLarge = RequestFault(
        .contentTooLarge, "the content is too large")

    /// A syntax error.
    static func bad(_ reason: String) -> RequestFault { RequestFault(.badRequest, reason) }
}
