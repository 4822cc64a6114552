/// What libssl, libcrypto or a system call under them reported.
package struct TLSError: Error, Sendable, Equatable {
    /// The whole sentence, for a log line: no capital, no period.
    package let message: String

    /// The same in one word without spaces, for a counter or a structured field.
    package let code: String

    /// Whether the key's source is to blame, and not the certificate's.
    package let isAboutKey: Bool

    /// Wraps a message.
    package init(_ message: String, code: String = "tls", isAboutKey: Bool = false) {
        self.message = message
        self.code = code
        self.isAboutKey = isAboutKey
    }
}
