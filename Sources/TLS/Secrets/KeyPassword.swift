internal import COpenSSL

/// The password of an encrypted key, and whether OpenSSL requested it.
@safe final class KeyPassword {
    /// Nil when none is set.
    private var bytes: [UInt8]?
    private(set) var wasAsked = false
    /// Whether it was read from a file.
    private var isOfFile = false

    /// The limit of OpenSSL's own tools (PEM_BUFSIZE).
    private static let limit = 1_024

    /// Reads a password from its source.
    init(_ source: PasswordSource?) throws(TLSError) {
        switch source {
        case .text(let text): bytes = Array(text.utf8)
        case .file(let path):
            let file = try SecretFile("password", .file(path))
            guard !file.isUTF16 else { throw file.utf16Fault }
            let line = file.firstLine
            guard !line.isEmpty else { throw file.fault("has no first line", "password-needed") }
            guard line.count <= KeyPassword.limit else {
                throw file.fault("has a first line of over 1024 bytes", "password-wrong")
            }
            bytes = line
            isOfFile = true
        case .noCredential(let name):
            throw TLSError(
                "there is no credential \"\(name)\": add LoadCredential=\(name):PATH to the unit",
                code: "missing", role: "password")
        case nil: bytes = nil
        }
    }

    deinit {
        guard bytes != nil else { return }
        unsafe bytes?.withUnsafeMutableBytes { bytes in
            unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        }
    }

    /// Whether a password is set.
    var isSet: Bool { bytes != nil }

    /// A hint for a wrong password with quotes: they are part of it, which few expect.
    var quotesHint: String {
        guard let bytes, bytes.count > 1, let quote = bytes.first, quote == bytes.last,
            [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(quote)
        else { return "" }
        return isOfFile
            ? "; the quotes in the file are part of the password: remove them"
            : "; the quotes are part of the value of SslPassword: remove them"
    }

    /// Passes the password as a C string, NULL when none is set.
    func withCString<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        guard let bytes else { return body(nil) }
        var text = bytes.map { CChar(bitPattern: $0) } + [0]
        defer {
            unsafe text.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
        }
        return unsafe text.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }

    /// The context argument for ``answerPasswordRequest``, valid as long as this object.
    var request: UnsafeMutableRawPointer { unsafe Unmanaged.passUnretained(self).toOpaque() }

    /// Copies the password; returns its length, -1 for none.
    fileprivate func answer(into buffer: UnsafeMutableBufferPointer<CChar>) -> CInt {
        wasAsked = true
        guard let bytes, bytes.count <= buffer.count else { return -1 }
        for (index, byte) in bytes.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
        return CInt(bytes.count)
    }
}

/// The `pem_password_cb` of a ``KeyPassword``: unlike OpenSSL's own, it never prompts on the terminal.
func answerPasswordRequest(
    buffer: UnsafeMutablePointer<CChar>?, size: CInt, writing: CInt,
    context: UnsafeMutableRawPointer?
) -> CInt {
    guard let context = unsafe context else { return -1 }
    let password = unsafe Unmanaged<KeyPassword>.fromOpaque(context).takeUnretainedValue()
    return unsafe password.answer(
        into: UnsafeMutableBufferPointer(start: buffer, count: Int(size)))
}
