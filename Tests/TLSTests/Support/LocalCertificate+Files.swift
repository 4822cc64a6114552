import TLS

extension LocalCertificate {
    /// Makes a certificate and its key, and writes the files.
    static func make(
        names: [String], certificate: String, key: String? = nil, replacing: Bool = false
    ) throws(TLSError) {
        try texts(for: names).write(certificate: certificate, key: key, replacing: replacing)
    }
}
