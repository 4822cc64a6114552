import TestSupport

/// Hosts that share one SSL port on 127.0.0.1, each with a certificate of its own.
struct SharedPort {
    let directory: TemporaryDirectory
    let certificates: Certificates
    let port: ReservedPort

    init() throws {
        directory = try TemporaryDirectory()
        certificates = try Certificates(in: directory)
        port = try ReservedPort()
    }

    /// A section of a host.
    ///
    /// - Parameters:
    ///   - number: the number of the section.
    ///   - names: `Hosts`.
    ///   - keys: further lines.
    ///   - certificate: the subject, the first name where nil.
    /// - Returns: the lines of the section.
    /// - Throws: when openssl(1) fails.
    func section(
        _ number: Int, _ names: String, _ keys: String, certificate: String? = nil
    ) throws -> String {
        let first = names.split(separator: ",").first.map(String.init) ?? names
        let pair = try certificates.pair(certificate ?? first)
        return section(number, names, withCertificate: "\(pair.settings)\n\(keys)")
    }

    /// A section of a host whose keys name its certificate themselves.
    func section(_ number: Int, _ names: String, withCertificate keys: String) -> String {
        """
        [Host\(number)]
        Hosts=\(names)
        BindIpAddr=127.0.0.1
        BindSslPort=\(port.number)
        \(keys)

        """
    }

    /// Starts a daemon with these sections.
    func daemon(server: String = "", _ sections: String...) throws -> DaemonProcess {
        try DaemonProcess(
            "[Server]\nWorkers=2\n\(server)\n" + sections.joined(), in: directory)
    }
}
