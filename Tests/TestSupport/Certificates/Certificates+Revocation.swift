extension Certificates {
    /// Makes a revocation list of the authority.
    ///
    /// - Parameters:
    ///   - pairs: whose certificates are revoked.
    ///   - name: the file in the directory.
    /// - Returns: the path of the file.
    /// - Throws: when openssl(1) fails.
    package func revocationList(of pairs: [Pair], to name: String) throws -> String {
        let database = try RevocationDatabase(
            in: directory, certificate: authority, key: directory("authority.key"))
        for pair in pairs { try database.revoke(pair.certificate) }
        try database.writeList(to: directory(name))
        return directory(name)
    }
}
