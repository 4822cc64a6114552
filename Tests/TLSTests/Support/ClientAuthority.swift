/// An authority for certificates of clients, made by openssl(1).
struct ClientAuthority {
    private let directory: TemporaryDirectory
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
        _ = try directory.write("", to: "index")
        _ = try directory.write("01\n", to: "number")
        _ = try directory.write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(directory("index"))
            crlnumber = \(directory("number"))
            certificate = \(certificate)
            private_key = \(directory("ca.key"))
            default_md = sha256
            default_crl_days = 2
            """, to: "ca.conf")
    }

    private static let request = [
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
    ]

    private static func openssl(_ words: [String]) throws {
        let command = try Command(["openssl"] + words)
        guard command.status == 0 else { throw SetupError(command.output) }
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
        let base = ["ca", "-config", directory("ca.conf")]
        if let pair { try Self.openssl(base + ["-revoke", pair.path]) }
        let (pem, der) = (directory("list.pem"), directory("list.der"))
        try Self.openssl(base + ["-gencrl", "-out", pem])
        try Self.openssl(["crl", "-in", pem, "-outform", "DER", "-out", der])
        return (pem, der)
    }
}
