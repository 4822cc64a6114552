internal import Glibc

/// A system call that failed, with the number the kernel gave.
package struct SystemError: Error, Hashable, Sendable {
    /// The call, such as `bind`.
    package let call: String
    /// The `errno` value.
    package let code: Int32

    /// Names a failed call.
    package init(_ call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The call that has just failed on this thread.
    package static func last(_ call: String) -> SystemError {
        SystemError(call, code: errno)
    }

    /// The text of the number (strerror(3)), such as `Address already in use`.
    package var reason: String { unsafe String(cString: strerror(code)) }
}

extension SystemError: CustomStringConvertible {
    /// `bind: Address already in use`.
    package var description: String { "\(call): \(reason)" }
}

extension SystemError {
    /// What an operator can do about a listener that did not open.
    package enum Kind {
        /// EADDRNOTAVAIL: no interface has the address.
        case addressNotHere
        /// EADDRINUSE: another socket has the port.
        case portTaken
        /// EACCES: a port below 1024 without the right to it.
        case notPermitted
        /// ENODEV of a zone or of `BindDevice`: there is no such interface.
        case noInterface
        /// ENOTSOCK: the file in the place of a unix socket is none.
        case notASocket
        /// EROFS: the directory of a unix socket may not be written, for others perhaps.
        case readOnly
        case other
    }

    /// Sorts the number.
    package var kind: Kind {
        switch code {
        case ENODEV: .noInterface
        case ENOTSOCK: .notASocket
        case EROFS: .readOnly
        case EADDRNOTAVAIL: .addressNotHere
        case EADDRINUSE: .portTaken
        case EACCES: .notPermitted
        default: .other
        }
    }
}
