/// Certificates of one authority, made by openssl(1) in a directory.
package struct Certificates {
    /// The authority's certificate.
    package let authority: String
    let directory: TemporaryDirectory

    /// Makes the authority.
    package init(in directory: TemporaryDirectory) throws {
        self.directory = directory
        authority = directory("authority.pem")
        try Certificates.request(
            ["-x509", "-days", "2", "-subj", "/CN=Test authority"], key: directory("authority.key"),
            to: authority)
    }

    /// A certificate and its key.
    package struct Pair: Sendable {
        /// The file of the certificate.
        package let certificate: String
        /// The file of the key.
        package let key: String
        /// Names the files of a pair that was made elsewhere.
        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }

        /// The two as a host's section names them.
        package var settings: String { "SslCert=\(certificate)\nSslKey=\(key)" }
    }

    /// Makes a certificate for a host, with a P-256 key or one of RSA; its subject is `/CN=` and the
    /// first name.
    package func pair(_ names: String..., isRSA: Bool = false, days: Int = 2) throws -> Pair {
        let file = names[0].replacing("*", with: "any") + (isRSA ? "-rsa" : "")
        let pair = Pair(certificate: directory("\(file).pem"), key: directory("\(file).key"))
        let alternatives = names.map { "DNS:\($0)" }.joined(separator: ",")
        try Certificates.request(
            [
                "-x509", "-days", "\(days)", "-CA", authority, "-CAkey", directory("authority.key"),
                "-subj", "/CN=\(names[0])", "-addext", "subjectAltName=\(alternatives)",
            ], isRSA: isRSA, key: pair.key, to: pair.certificate)
        return pair
    }

    private static func request(
        _ words: [String], isRSA: Bool = false, key: String, to certificate: String
    ) throws {
        let kind =
            isRSA ? ["rsa:2048"] : ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        try Command.succeed(
            ["openssl", "req", "-newkey"] + kind
                + ["-nodes", "-keyout", key, "-out", certificate] + words)
    }
}
