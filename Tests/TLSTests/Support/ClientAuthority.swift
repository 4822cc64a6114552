import TestSupport

/// An authority for certificates of clients, made by openssl(1).
struct ClientAuthority {
    private let directory: TemporaryDirectory
    private let database: RevocationDatabase
    let certificate: String
    /// The PEM text of the certificate.
    let text: String

    init() throws {
        directory = try TemporaryDirectory()
        certificate = directory("ca.pem")
        try Self.openssl(
            Self.request + [
                "-x509", "-days", "2", "-subj", "/CN=Clients", "-keyout", directory("ca.key"),
                "-out",
                certificate,
            ])
        text = try directory.read("ca.pem")
        database = try RevocationDatabase(
            in: directory, certificate: certificate, key: directory("ca.key"))
    }

    private static let request = [
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
    ]

    private static func openssl(_ words: [String]) throws {
        try Command.succeed(["openssl"] + words)
    }

    /// A certificate of `/O=Example/CN=` and a name, or of another subject.
    func pair(
        _ name: String, _ alternatives: String? = nil, subject: String? = nil
    ) throws -> ClientPair {
        let file = "\(name)-\(UInt32.random(in: 0 ... .max))"
        let pair = ClientPair(
            directory: directory, path: directory("\(file).pem"), key: directory("\(file).key"))
        try Self.openssl(
            Self.request + [
                "-x509", "-days", "2", "-CA", certificate, "-CAkey", directory("ca.key"), "-utf8",
                "-subj", subject ?? "/O=Example/CN=\(name)", "-keyout", pair.key, "-out", pair.path,
            ] + (alternatives.map { ["-addext", "subjectAltName=\($0)"] } ?? []))
        return pair
    }

    /// Revokes a certificate and writes the list anew.
    func revoke(_ pair: ClientPair?) throws -> (pem: String, der: String) {
        if let pair { try database.revoke(pair.path) }
        let (pem, der) = (directory("list.pem"), directory("list.der"))
        try database.writeList(to: pem)
        try Self.openssl(["crl", "-in", pem, "-outform", "DER", "-out", der])
        return (pem, der)
    }
}
