import TLS
import TestSupport
import Testing

/// Which keys each level takes, of a host and of the chain behind it.
@Suite struct LevelTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func make(_ name: String, _ key: String, _ more: [String] = []) throws {
        let isCurve = key.hasPrefix("P-")
        let words = isCurve ? ["ec", "-pkeyopt", "ec_paramgen_curve:\(key)"] : ["rsa:\(key)"]
        try Command.succeed(
            [
                "openssl", "req", "-x509", "-nodes", "-sha384", "-subj", "/CN=\(name)", "-keyout",
                directory("\(name).key"), "-out", directory("\(name).pem"), "-newkey",
            ] + words + more)
    }

    private func isTaken(_ level: Int, chain: Bool) throws -> Bool {
        let files = CertificateFiles(
            certificate: .file(directory("a.pem")), key: .file(directory("a.key")),
            intermediates: chain ? .file(directory("ca.pem")) : nil)
        do throws(TLSError) {
            _ = try TLSCertificate.load(files, context: TLSContext(policy: .level(level)))
            return true
        } catch {
            #expect(error.code == "key-too-small", "\(error.message)")
            return false
        }
    }

    static let least = [
        ("1024", [0, 1, 2]), ("2048", [0, 1, 2, 3, 4, 5, 8, 9]),
        ("3072", [0, 1, 2, 3, 4, 5, 6, 8, 9]), ("P-224", [0, 1, 2, 3, 4, 5, 8, 9]),
        ("P-256", [0, 1, 2, 3, 4, 5, 6, 8, 9]), ("P-384", Array(0...9)),
    ]

    @Test(arguments: least)
    func takesKeysThatAreLongEnough(_ key: String, _ levels: [Int]) throws {
        try make("a", key)
        for level in 0...9 {
            #expect(try isTaken(level, chain: false) == levels.contains(level), "level \(level)")
        }
    }

    @Test(arguments: least)
    func takesChainsWhoseKeysAreLongEnough(_ key: String, _ levels: [Int]) throws {
        try make("ca", key)
        try make("a", "P-384", ["-CA", directory("ca.pem"), "-CAkey", directory("ca.key")])
        for level in 0...9 {
            #expect(try isTaken(level, chain: true) == levels.contains(level), "level \(level)")
        }
    }
}
