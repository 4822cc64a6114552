internal import COpenSSL
internal import Glibc

/// The names of a new certificate, validated.
struct SubjectNames {
    private let common: String
    private let entries: [(type: CInt, bytes: [UInt8])]

    /// Separates DNS names from IP addresses.
    init(_ names: [String]) throws(TLSError) {
        guard !names.isEmpty else { throw TLSError("no name for the certificate", code: "name") }
        // RFC 5280 allows a common name 64 characters.
        common = names.first { $0.utf8.count <= 64 } ?? "local certificate"
        entries = try names.map { (name) throws(TLSError) in
            if let address = Self.address(name) { return (GEN_IPADD, address) }
            if Self.isHostName(name) { return (GEN_DNS, [UInt8](name.utf8)) }
            throw TLSError(
                """
                a certificate cannot be made for "\(name)": expected a host name or an IP address
                """, code: "name")
        }
    }

    /// Writes subject, issuer and subjectAltName.
    func apply(to made: OpaquePointer) -> Bool {
        let name = unsafe X509_get_subject_name(made)
        let common = [UInt8](common.utf8)
        guard let list = unsafe copenssl_names_new() else { return false }
        defer { unsafe GENERAL_NAMES_free(list) }
        for entry in entries {
            let count = CInt(entry.bytes.count)
            guard unsafe copenssl_names_add(list, entry.type, entry.bytes, count) == 1 else {
                return false
            }
        }
        let raw = unsafe UnsafeMutableRawPointer(list)
        let named = unsafe X509_NAME_add_entry_by_NID(
            name, NID_commonName, MBSTRING_UTF8, common, CInt(common.count), -1, 0)
        guard named == 1, unsafe X509_set_issuer_name(made, name) == 1 else { return false }
        return unsafe X509_add1_ext_i2d(made, NID_subject_alt_name, raw, 0, 0) == 1
    }

    /// The 4 or 16 bytes of an IP address.
    private static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return [UInt8](bytes[..<4]) }
        return unsafe inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    /// Whether the text consists of labels of letters, digits, `-` and `_`; the first may be `*`.
    private static func isHostName(_ text: String) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for (index, label) in labels.enumerated() {
            if index == 0, labels.count > 1, label.elementsEqual("*".utf8) { continue }
            guard (1...63).contains(label.count), label.allSatisfy(isLabelByte) else {
                return false
            }
        }
        return true
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
