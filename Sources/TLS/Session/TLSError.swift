/// What libssl, libcrypto or a system call under them reported.
package struct TLSError: Error, Sendable, Equatable {
    /// The whole sentence, for a log line: no capital, no period.
    package let message: String

    /// The same in one word without spaces, for a counter or a structured field.
    package let code: String

    /// Whether the key's source is to blame, and not the certificate's.
    package let isAboutKey: Bool

    /// What the file to blame is for, such as `password`; nil where it is about more than one file.
    package let role: String?

    /// Wraps a message.
    package init(
        _ message: String, code: String = "tls", isAboutKey: Bool = false, role: String? = nil
    ) {
        self.role = role
        self.message = message
        self.code = code
        self.isAboutKey = isAboutKey
    }
}
