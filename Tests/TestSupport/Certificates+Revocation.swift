extension Certificates {
    /// Makes a revocation list of the authority.
    ///
    /// - Parameters:
    ///   - pairs: whose certificates are revoked.
    ///   - name: the file in the directory.
    /// - Returns: the path of the file.
    /// - Throws: when openssl(1) fails.
    package func revocationList(of pairs: [Pair], to name: String) throws -> String {
        try directory.write("", to: "index")
        let configuration = try directory.write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(directory("index"))
            certificate = \(authority)
            private_key = \(directory("authority.key"))
            default_md = sha256
            default_crl_days = 2
            """, to: "ca.conf")
        let command = ["openssl", "ca", "-config", configuration]
        for pair in pairs { try Command.succeed(command + ["-revoke", pair.certificate]) }
        try Command.succeed(command + ["-gencrl", "-out", directory(name)])
        return directory(name)
    }
}
