internal import COpenSSL

/// A separate libcrypto context with the ciphers that OpenSSL 3 has retired.
///
/// They come from OSSL_PROVIDER-legacy(7) and are unavailable to the rest of the program.
@safe final class LegacyLibrary: Sendable {
    // Shared by threads: not changed after init.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Nil when the provider is not installed.
    static let shared = LegacyLibrary()

    private init?() {
        guard let library = unsafe OSSL_LIB_CTX_new() else { return nil }
        guard unsafe OSSL_PROVIDER_load(library, "default") != nil,
            unsafe OSSL_PROVIDER_load(library, "legacy") != nil
        else {
            unsafe OSSL_LIB_CTX_free(library)
            TLSError.discardQueue()
            return nil
        }
        unsafe pointer = library
    }

    /// Makes it the default context while `body` runs; do not mix the resulting objects with others.
    func use<Result>(_ body: () -> Result) -> Result {
        // For this thread only: libcrypto does not pass a library context down to every part.
        let usual = unsafe OSSL_LIB_CTX_set0_default(pointer)
        defer { _ = unsafe OSSL_LIB_CTX_set0_default(usual) }
        return body()
    }
}
