import COpenSSL
import TestSupport
import Testing

@testable import TLS

/// Hosts whose chains have a certificate in common hold it once.
@Suite struct SharedCertificatesTests {
    private let directory: TemporaryDirectory
    private let context: TLSContext

    init() throws {
        directory = try TemporaryDirectory()
        context = try TLSContext(policy: .level(5))
    }

    private func request(_ name: String, _ words: [String]) throws {
        try Command.succeed(
            [
                "openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-subj", "/CN=\(name)", "-keyout",
                directory("\(name).key"), "-out", directory("\(name).pem"),
            ] + words)
    }

    private func load(_ name: String, under authority: String) throws -> TLSCertificate {
        try request(
            name, ["-CA", directory("\(authority).pem"), "-CAkey", directory("\(authority).key")])
        return try TLSCertificate.load(
            CertificateFiles(
                certificate: .file(directory("\(name).pem")),
                key: .file(directory("\(name).key")),
                intermediates: .file(directory("\(authority).pem"))), context: context
        ).certificate
    }

    private func issuer(of certificate: TLSCertificate) -> OpaquePointer? {
        unsafe copenssl_certificates_at(certificate.chain, 0)
    }

    @Test func ofOneAuthorityThereIsOneObject() throws {
        for name in ["one", "two"] { try request(name, []) }
        let first = try load("a", under: "one")
        let second = try load("b", under: "one")
        let other = try load("c", under: "two")
        #expect(unsafe issuer(of: first) != nil)
        #expect(unsafe issuer(of: first) == issuer(of: second))
        #expect(unsafe issuer(of: first) != issuer(of: other))
    }

    /// Of the same name and key, but not the same certificate.
    @Test func anAuthorityThatWasRenewedIsAnother() throws {
        try request("one", [])
        let first = try load("a", under: "one")
        let key = directory("one.key")
        try Command.succeed([
            "openssl", "req", "-x509", "-key", key, "-subj", "/CN=one", "-out",
            directory("one.pem"),
        ])
        let second = try load("b", under: "one")
        #expect(unsafe issuer(of: first) != issuer(of: second))
    }

    @Test func aTableThatIsFullBeginsAnewAndHarmsNobody() throws {
        try request("one", [])
        let first = try load("a", under: "one")
        let small = SharedCertificates(limit: 1)
        for name in ["two", "three", "four"] {
            try request(name, [])
            let certificate = try load("of-\(name)", under: name)
            try unsafe small.add(#require(certificate.chain))
            #expect(small.count == 1)
        }
        #expect(first.subject == "CN=a")
        #expect(unsafe X509_get_issuer_name(issuer(of: first)) != nil)
    }
}
