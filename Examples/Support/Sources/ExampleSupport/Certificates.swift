import Foundation

/// A certificate and its key, in PEM files.
public struct CertificateFiles: Sendable {
    /// The file of the certificate.
    public let certificate: String
    /// The file of its key.
    public let key: String
}

/// An authority that lasts as long as a test.
public final class TestAuthority: Sendable {
    /// Where its files are: `NAME.pem` and `NAME.key` of each certificate.
    public let directory: TemporaryDirectory
    /// The file of its own certificate.
    public var certificate: String { directory("authority.pem") }

    /// Creates the authority with openssl(1).
    public init() throws {
        directory = try TemporaryDirectory()
        try request("authority", "Test authority", [])
    }

    /// Issues a certificate for a host or a client.
    @discardableResult
    public func issue(_ name: String) throws -> CertificateFiles {
        try request(
            name, name,
            [
                "-CA", certificate, "-CAkey", directory("authority.key"),
                "-addext", "subjectAltName=DNS:\(name)",
            ])
        return CertificateFiles(
            certificate: directory("\(name).pem"), key: directory("\(name).key"))
    }

    private func request(_ file: String, _ name: String, _ words: [String]) throws {
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments =
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout",
                directory("\(file).key"), "-out", directory("\(file).pem"),
            ] + words
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        guard openssl.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
