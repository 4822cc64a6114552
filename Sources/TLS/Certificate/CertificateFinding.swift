/// A problem of a certificate that can still be used.
package enum CertificateFinding: Hashable, Sendable {
    /// The certificate does not cover these names of the host.
    case namesNotCovered([String])
    /// The issuer of the last certificate of the chain is neither in the files nor trusted by the system.
    case issuerNotFound(String)
    /// The certificates of the file are not in the order that clients expect.
    case wrongOrder
    /// It is signed with its own key.
    case selfSigned
    /// The server created it, for this reason, and keeps it in this file.
    case madeHere(because: String, path: String)
    /// The server created it and could not save it, for this reason.
    case notKept(String)
    /// It, or the named certificate of its chain, expires soon, at this time.
    case endsSoon(Int, of: String? = nil)
    /// It, or the named certificate of its chain, expired at this time.
    case ended(Int, of: String? = nil)
    /// The files have certificates of these authorities, by subject, that are not valid now; they are not
    /// sent, and clients that trust the authority itself need none.
    case notValid([String])
    /// These certificates of its files are not part of the host's chain.
    case unrelated([String])
    /// This file, which has its key, is readable by every user.
    case keyReadableByOthers(String)
    /// This PKCS#12 file is encrypted with RC2, RC4 or 3DES.
    case outdatedContainer(String)
    /// This file, which has its key, is encrypted with this retired cipher.
    case outdatedKey(String, cipher: String)
}

extension CertificateFinding {
    /// One sentence that includes a remedy: no capital, no full stop.
    package var message: String {
        switch self {
        case .namesNotCovered(let names):
            "the certificate does not cover \(Self.list(names)): clients that use it refuse the certificate;"
                + " order one with all names of Hosts"
        case .issuerNotFound(let issuer):
            "the chain is incomplete: the issuer \(issuer) is neither in SslCert or SslInter nor"
                + " in the trust store of the system; add its certificate to SslInter"
        case .wrongOrder:
            "the certificates are sent in the wrong order: put that of the host first,"
                + " then each issuer"
        case .selfSigned:
            "the certificate is self-signed: clients refuse it unless they trust it"
        case .madeHere(let reason, let path):
            "\(reason): clients get the self-signed \(path), which they refuse unless they"
                + " trust it; set SslCert"
        case .notKept(let reason):
            "the self-signed certificate is lost at the next shutdown: \(reason)"
        case .endsSoon(let time, let issuer):
            "the certificate\(Self.ofChain(issuer)) expires on \(CertificateTime.text(time)): renew it"
        case .ended(let time, let issuer):
            "the certificate\(Self.ofChain(issuer)) expired on \(CertificateTime.text(time)), is"
                + " still in use, and clients refuse it: renew it now"
        case .notValid(let names):
            "a certificate of \(Self.list(names)) in SslCert or SslInter is not valid now, and is not"
                + " sent: clients that do not know the authority otherwise refuse the host; remove"
                + " it, or renew it"
        case .unrelated(let names):
            "a certificate of \(Self.list(names)) in SslCert or SslInter is not part of the chain of"
                + " the host and is not sent: remove it"
        case .keyReadableByOthers(let path):
            "every user of this machine can read the key in \"\(path)\": chmod o-rwx \(path)"
        case .outdatedContainer(let path):
            "\"\(path)\" is encrypted with RC2, RC4 or 3DES, which OpenSSL has retired: export it"
                + " again with openssl pkcs12 -export"
        case .outdatedKey(let path, let cipher):
            "the key in \"\(path)\" is encrypted with \(cipher), which OpenSSL has retired: encrypt it"
                + " again with openssl pkcs8 -topk8 -provider legacy -provider default -in \(path)"
        }
    }

    /// Whether the server created the certificate.
    package var isMadeHere: Bool {
        guard case .madeHere = self else { return false }
        return true
    }

    /// Whether the certificate has expired or expires soon.
    package var isAboutTime: Bool {
        switch self {
        case .ended, .endsSoon: true
        default: false
        }
    }

    /// One word for a table or a counter.
    package var code: String {
        switch self {
        case .namesNotCovered: "names-not-covered"
        case .issuerNotFound: "issuer-not-found"
        case .wrongOrder: "wrong-order"
        case .selfSigned: "self-signed"
        case .madeHere: "self-made"
        case .notKept: "not-kept"
        case .endsSoon: "ends-soon"
        case .ended: "expired"
        case .notValid: "not-valid"
        case .unrelated: "unrelated"
        case .keyReadableByOthers: "key-readable"
        case .outdatedContainer: "outdated-container"
        case .outdatedKey: "outdated-key"
        }
    }

    private static func ofChain(_ issuer: String?) -> String {
        issuer.map { " \($0) of the chain" } ?? ""
    }

    private static func list(_ names: [String]) -> String {
        let shown = 3
        let more = names.count > shown ? " and \(names.count - shown) more" : ""
        return names.prefix(shown).joined(separator: ", ") + more
    }
}
