internal import Glibc
internal import Platform

/// The reason why a file cannot be opened or read.
package struct FileTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of reason, by which handlers choose their response.
    package enum Kind: Hashable, Sendable {
        /// The file does not exist.
        case absent
        /// The path leads out of its folder.
        case outside
        /// This process may not read it.
        case denied
        /// A failure of the machine: no descriptors, no memory, a broken disk.
        case other
    }

    /// The kind of reason.
    package let kind: Kind
    /// The call and its error.
    package let description: String
    /// The text of the error.
    package let reason: String
    /// The number of the error.
    package let code: Int32

    /// Whether to log it as a failure: not that a file is missing, leads out or is a socket.
    package var isFailure: Bool { kind == .other || kind == .denied && code != ENXIO }

    /// The file was truncated while it was read.
    package static let shrinks = FileTrouble(SystemError("pread", code: ESTALE))

    init(_ error: SystemError) {
        kind =
            switch error.code {
            case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .absent
            case EXDEV: .outside
            // ENXIO: the file is a unix socket.
            case EACCES, EPERM, ENXIO: .denied
            default: .other
            }
        description = error.description
        reason = error.reason
        code = error.code
    }
}
