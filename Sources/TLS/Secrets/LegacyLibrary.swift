internal import COpenSSL

/// A libcrypto of its own with the ciphers that OpenSSL 3 has retired (OSSL_PROVIDER-legacy(7)), so
/// that they are out of reach for everything else.
@safe final class LegacyLibrary: Sendable {
    // Shared by threads: not changed after init.
    nonisolated(unsafe) let pointer: OpaquePointer

    /// Nil where the provider is not installed.
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

    /// Lets what `body` calls use it; objects that come of it do not mix with those of others.
    func use<Result>(_ body: () -> Result) -> Result {
        // For this thread only: libcrypto does not hand a library down to every part.
        let usual = unsafe OSSL_LIB_CTX_set0_default(pointer)
        defer { _ = unsafe OSSL_LIB_CTX_set0_default(usual) }
        return body()
    }
}
