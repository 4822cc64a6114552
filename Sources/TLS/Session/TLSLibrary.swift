internal import COpenSSL

/// The process-wide state of OpenSSL.
enum TLSLibrary {
    /// Initializes OpenSSL, once.
    ///
    /// Without its `atexit` handler, which would free objects that event loops still use while the process
    /// exits (OPENSSL_init_crypto(3)).
    static let start: Void = {
        _ = OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }()
}
