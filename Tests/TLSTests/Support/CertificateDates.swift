import COpenSSL

/// When a certificate is valid, as a test wants it.
enum CertificateDates {
    /// Signs a certificate anew, valid for these seconds from now.
    static func change(_ path: String, signedBy keyPath: String, from: Int, to: Int) {
        let source = unsafe BIO_new_file(path, "r")
        let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil)
        let keySource = unsafe BIO_new_file(keyPath, "r")
        let key = unsafe PEM_read_bio_PrivateKey(keySource, nil, nil, nil)
        unsafe X509_gmtime_adj(X509_getm_notBefore(certificate), from)
        unsafe X509_gmtime_adj(X509_getm_notAfter(certificate), to)
        unsafe X509_sign(certificate, key, EVP_sha256())
        let target = unsafe BIO_new_file(path, "w")
        unsafe PEM_write_bio_X509(target, certificate)
        unsafe [source, keySource, target].forEach { unsafe BIO_free($0) }
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
    }
}
