internal import COpenSSL
internal import Glibc
internal import NetworkTypes

/// The bytes of one file or text, read once.
///
/// They may include a private key, so they are wiped on release.
@safe final class SecretFile {
    /// The name in messages.
    let name: String
    /// The path, nil for text.
    let path: String?
    /// Whether every user of the machine can read the file.
    private(set) var isReadableByOthers = false
    private let role: String
    private var bytes: [UInt8] = []

    /// Far more than any chain needs; a wrong path must not fill the memory.
    private static let limit = 1 << 20

    /// Reads a file, or copies text from the configuration.
    ///
    /// - Parameters:
    ///   - role: the purpose of the file, for messages.
    ///   - source: the file or text.
    /// - Throws: why it cannot be read, with a remedy for missing permissions.
    init(_ role: String, _ source: CertificateSource) throws(TLSError) {
        path = source.path
        self.role = role
        switch source {
        case .file(let path):
            name = "\(role) file \"\(path)\""
            try read(path)
        case .text(let text, let key):
            name = "\(role) in \(key)"
            bytes = Array(text.utf8)
        }
        guard isPEM, var mended = PEMText.mended(bytes) else { return }
        swap(&bytes, &mended)
        Self.wipe(&mended)
    }

    private func read(_ path: String) throws(TLSError) {
        // O_NONBLOCK: opening a FIFO must not wait for its writer.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw unreadable(path, errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw fault("is not a regular file", "unreadable")
        }
        guard status.st_size <= Self.limit else { throw fault("is over 1 MiB", "unreadable") }
        isReadableByOthers = status.st_mode & S_IROTH != 0
        bytes.reserveCapacity(Int(status.st_size))
        var chunk = [UInt8](repeating: 0, count: 16_384)
        defer { Self.wipe(&chunk) }
        while true {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw unreadable(path, errno)
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

    /// The number of bytes.
    var count: Int { bytes.count }

    /// Whether it looks like PEM; otherwise it is DER or unknown.
    var isPEM: Bool {
        var rest = bytes[...]
        while let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            rest = rest[dash...]
            if rest.starts(with: "-----BEGIN ".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Whether a Windows editor saved it as UTF-16.
    var isUTF16: Bool { PEMText.isUTF16(bytes) }

    /// The error about UTF-16 text.
    var utf16Fault: TLSError {
        fault("is UTF-16 text: save it as UTF-8, or convert it with iconv -f UTF-16", "utf-16")
    }

    /// The first line, without its line break or a byte order mark: a password.
    var firstLine: [UInt8] {
        let line = PEMText.withoutMark(bytes[...]).prefix { $0 != UInt8(ascii: "\n") }
        return Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }

    /// Calls `body` with the bytes.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe bytes.withUnsafeBufferPointer(body)
    }

    /// Calls `body` with a BIO that refers to the bytes.
    func withBIO(_ body: (OpaquePointer?) -> Void) {
        unsafe bytes.withUnsafeBytes { bytes in
            let bio = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count))
            defer { _ = unsafe BIO_free(bio) }
            unsafe body(bio)
        }
    }

    /// An error about this file.
    func fault(_ trouble: String, _ code: String) -> TLSError {
        TLSError("\(name) \(trouble)", code: code, isAboutKey: role == "key", role: role)
    }

    private func unreadable(_ path: String, _ number: CInt) -> TLSError {
        let remedy =
            number == EACCES
            ? " for \(UnixUser.current)"
                + (FilePermission.remedy(for: path).map { ": \($0)" } ?? "")
            : ""
        return fault(
            "cannot be read: \(TLSError.describe(number))\(remedy)",
            number == ENOENT ? "missing" : "unreadable")
    }
}
