internal import COpenSSL

/// Text that OpenSSL prints into a memory BIO.
enum OpenSSLText {
    /// The output of `body`.
    static func printed(_ body: (OpaquePointer?) -> CInt) -> String {
        let bio = unsafe BIO_new(BIO_s_mem())
        defer { _ = unsafe BIO_free(bio) }
        _ = unsafe body(bio)
        var text: UnsafeMutablePointer<CChar>?
        let count = unsafe copenssl_bio_contents(bio, &text)
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
