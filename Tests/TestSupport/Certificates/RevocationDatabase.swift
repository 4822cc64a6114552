/// The files with which openssl-ca(1) revokes certificates of an authority.
package struct RevocationDatabase {
    private let command: [String]

    /// Creates the files of an authority whose certificate and key may follow later.
    ///
    /// - Parameters:
    ///   - directory: where the files are.
    ///   - name: what their names begin with.
    ///   - certificate: the path of the authority's certificate.
    ///   - key: the path of its key.
    /// - Throws: when a file cannot be written.
    package init(
        in directory: TemporaryDirectory, name: String = "ca", certificate: String, key: String
    ) throws {
        let index = try directory.write("", to: "\(name).index")
        let number = try directory.write("01\n", to: "\(name).number")
        let configuration = try directory.write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(index)
            crlnumber = \(number)
            certificate = \(certificate)
            private_key = \(key)
            default_md = sha256
            default_crl_days = 2
            [ids]
            authorityKeyIdentifier = keyid:always
            """, to: "\(name).conf")
        command = ["openssl", "ca", "-config", configuration]
    }

    /// Revokes the certificate in a file.
    package func revoke(_ certificate: String) throws {
        try Command.succeed(command + ["-revoke", certificate])
    }

    /// Writes the revocation list, as PEM.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - withKeyID: whether the list has the identifier of the authority's key.
    /// - Throws: when openssl(1) fails.
    package func writeList(to path: String, withKeyID: Bool = false) throws {
        try Command.succeed(
            command + ["-gencrl", "-out", path] + (withKeyID ? ["-crlexts", "ids"] : []))
    }
}
