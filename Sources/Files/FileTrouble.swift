internal import Glibc
internal import Platform

/// Why a file cannot be had.
package struct FileTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    /// What that means for who asked for it.
    package enum Kind: Hashable, Sendable {
        /// There is no such file.
        case absent
        /// It leads out of its folder.
        case outside
        /// We may not read it.
        case denied
        /// The machine: no descriptors, no memory, a broken disk.
        case other
    }

    /// What it means.
    package let kind: Kind
    /// The call and its error.
    package let description: String
    /// The text of the error.
    package let reason: String
    /// Its number.
    package let code: Int32

    /// Whether it is nobody's plan: not that a file is missing, leads out or is a socket.
    package var isFailure: Bool { kind == .other || kind == .denied && code != ENXIO }

    /// The file has become shorter while it was read.
    package static let shrinks = FileTrouble(SystemError("pread", code: ESTALE))

    init(_ error: SystemError) {
        kind =
            switch error.code {
            case ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP: .absent
            case EXDEV: .outside
            // ENXIO: it is a unix socket.
            case EACCES, EPERM, ENXIO: .denied
            default: .other
            }
        description = error.description
        reason = error.reason
        code = error.code
    }
}
