internal import Glibc

/// A call of libsystemd, or one made for it, that failed.
package struct SystemdError: Error, Hashable, Sendable {
    /// The function, such as `sd_notify`.
    package let call: String
    /// The positive `errno` value.
    package let code: CInt

    /// Names a failed call.
    package init(_ call: String, code: CInt) {
        self.call = call
        self.code = code
    }
}

extension SystemdError: CustomStringConvertible {
    /// `sd_notify: Connection refused`.
    package var description: String {
        var text = [CChar](repeating: 0, count: 128)
        // Not strerror(3): another thread may be in it.
        _ = unsafe strerror_r(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return "\(call): \(String(decoding: bytes, as: UTF8.self))"
    }
}
