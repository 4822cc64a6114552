internal import COpenSSL

/// A certificate that ends when a test wants it to.
package enum EndingCertificate {
    /// Makes a self-signed one that has been valid for a day, or starts to be later.
    package static func make(
        _ path: String, key keyPath: String, name: String, startsIn start: Int = -86_400,
        endsIn seconds: Int
    ) throws {
        try Command.succeed([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout",
            keyPath, "-out", path,
        ])
        try redate(path, signedBy: keyPath, startsIn: start, endsIn: seconds)
    }

    /// Signs a certificate anew, to be valid at other times.
    package static func redate(
        _ path: String, signedBy keyPath: String, startsIn start: Int, endsIn seconds: Int
    ) throws {
        let source = unsafe BIO_new_file(path, "r")
        let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil)
        let keySource = unsafe BIO_new_file(keyPath, "r")
        let key = unsafe PEM_read_bio_PrivateKey(keySource, nil, nil, nil)
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), start)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), seconds)
        let status = unsafe X509_sign(certificate, key, EVP_sha256())
        let target = unsafe BIO_new_file(path, "w")
        let written = unsafe PEM_write_bio_X509(target, certificate)
        unsafe [source, keySource, target].forEach { _ = unsafe BIO_free($0) }
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
        guard status > 0, written == 1 else { throw TestFailure("cannot sign \(path)") }
    }
}
