internal import COpenSSL
internal import Glibc

/// The bytes of one PEM file or text, read once, wiped when dropped: it may hold a private key.
@safe final class PEMFile {
    /// What the file is for, in messages.
    let role: String
    /// How messages name it.
    private let name: String
    private var bytes: [UInt8] = []

    /// Far more than any chain needs; keeps a wrong path from filling memory.
    private static let limit = 1 << 20

    /// Reads the file, or takes the text as it is when that is what was given.
    init(_ role: String, _ source: PEMSource) throws(TLSError) {
        self.role = role
        switch source {
        case .file(let path):
            name = "\(role) file \"\(path)\""
            try read(path)
        case .text(let text, let key):
            name = "\(role) in \(key)"
            bytes = Array(text.utf8)
        }
    }

    private func read(_ path: String) throws(TLSError) {
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw unreadable(errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw fault("is not a regular file", "unreadable")
        }
        guard status.st_size <= Self.limit else { throw fault("is over 1 MiB", "unreadable") }
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: 16_384)
        defer { Self.wipe(&chunk) }
        while true {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw unreadable(errno)
            }
            if count == 0 { return }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= Self.limit else { throw fault("is over 1 MiB", "unreadable") }
        }
    }

    deinit {
        Self.wipe(&bytes)
    }

    private static func wipe(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// An error about this file.
    func fault(_ trouble: String, _ code: String) -> TLSError {
        TLSError("\(name) \(trouble)", code: code)
    }

    private func unreadable(_ number: CInt) -> TLSError {
        fault(
            "cannot be read: \(TLSError.describe(number))",
            number == ENOENT ? "missing" : "unreadable")
    }

    /// Appends the certificates of the file, at least one, to `list`.
    func appendCertificates(to list: OpaquePointer) throws(TLSError) {
        var count = 0
        TLSError.discardQueue()
        unsafe reading { bio in
            while let certificate = unsafe PEM_read_bio_X509(bio, nil, nil, nil) {
                _ = unsafe copenssl_certificates_push(list, certificate)
                count += 1
            }
        }
        // Running out of blocks is the normal end, and an error to OpenSSL.
        let reason = ERR_GET_REASON(ERR_peek_last_error())
        let report = TLSError.fromQueue().message
        guard reason == PEM_R_NO_START_LINE else {
            throw fault("holds a damaged certificate: \(report)", "no-certificate")
        }
        guard count > 0 else { throw fault("holds no PEM certificate", "no-certificate") }
    }

    /// Reads the private key of the file; the caller owns it.
    func privateKey(password: String?) throws(TLSError) -> OpaquePointer {
        TLSError.discardQueue()
        let request = PasswordRequest(password)
        var key: OpaquePointer?
        unsafe reading { bio in unsafe key = PlainKey.read(from: bio) }
        if unsafe key == nil {
            unsafe reading { bio in
                unsafe key = PEM_read_bio_PrivateKey(
                    bio, nil, answerPasswordRequest, Unmanaged.passUnretained(request).toOpaque())
            }
        }
        ERR_clear_error()
        if let key = unsafe key { return unsafe key }
        guard request.asked else { throw fault("holds no PEM private key", "no-key") }
        guard password != nil else {
            throw fault("holds an encrypted private key: a password is needed", "password-needed")
        }
        throw fault("holds a private key that the password does not open", "password-wrong")
    }

    /// Lends a BIO that refers to the bytes.
    private func reading(_ body: (OpaquePointer?) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count))
            defer { _ = unsafe BIO_free(bio) }
            unsafe body(bio)
        }
    }
}

/// What OpenSSL asks for when a key is encrypted, and whether it asked.
@safe private final class PasswordRequest {
    private let bytes: [UInt8]?
    private(set) var asked = false

    init(_ password: String?) {
        bytes = password.map { [UInt8]($0.utf8) }
    }

    /// Copies the password; returns its length, -1 for none.
    func answer(into buffer: UnsafeMutableBufferPointer<CChar>) -> CInt {
        asked = true
        guard let bytes, bytes.count <= buffer.count else { return -1 }
        for (index, byte) in bytes.enumerated() { unsafe buffer[index] = CChar(bitPattern: byte) }
        return CInt(bytes.count)
    }
}

/// `pem_password_cb`: never asks the terminal, as OpenSSL's own does.
private func answerPasswordRequest(
    buffer: UnsafeMutablePointer<CChar>?, size: CInt, writing: CInt,
    context: UnsafeMutableRawPointer?
) -> CInt {
    guard let context = unsafe context else { return -1 }
    let request = unsafe Unmanaged<PasswordRequest>.fromOpaque(context).takeUnretainedValue()
    return unsafe request.answer(
        into: UnsafeMutableBufferPointer(start: buffer, count: Int(size)))
}
