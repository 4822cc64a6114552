/// Certificates of one authority, made by openssl(1) in a directory.
package struct Certificates {
    /// The authority's certificate.
    package let authority: String
    private let directory: TemporaryDirectory

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

    /// Makes a certificate for a host; its subject is `/CN=` and the first name.
    package func pair(_ names: String...) throws -> Pair {
        let file = names[0].replacing("*", with: "any")
        let pair = Pair(certificate: directory("\(file).pem"), key: directory("\(file).key"))
        let alternatives = names.map { "DNS:\($0)" }.joined(separator: ",")
        try Certificates.request(
            [
                "-x509", "-days", "2", "-CA", authority, "-CAkey", directory("authority.key"),
                "-subj", "/CN=\(names[0])", "-addext", "subjectAltName=\(alternatives)",
            ], key: pair.key, to: pair.certificate)
        return pair
    }

    private static func request(_ words: [String], key: String, to certificate: String) throws {
        try Command.succeed(
            [
                "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", key, "-out", certificate,
            ] + words)
    }
}
