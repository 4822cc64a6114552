/// An error of libssl, libcrypto or a system call.
package struct TLSError: Error, Sendable, Equatable {
    /// The whole sentence, for a log line: no capital, no period.
    package let message: String

    /// One word without spaces, for a counter or a structured field.
    package let code: String

    /// Whether the cause is in the key's source, not in the certificate's.
    package let isAboutKey: Bool

    /// The role of the file that caused it, such as `password`; nil when more than one file is involved.
    package let role: String?

    /// Creates an error.
    package init(
        _ message: String, code: String = "tls", isAboutKey: Bool = false, role: String? = nil
    ) {
        self.role = role
        self.message = message
        self.code = code
        self.isAboutKey = isAboutKey
    }
}
