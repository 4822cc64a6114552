/// What libssl or libcrypto reported.
package struct TLSError: Error, Sendable {
    /// The whole sentence, for a log line: no capital, no period.
    package let message: String

    /// Wraps a message.
    package init(_ message: String) {
        self.message = message
    }
}
