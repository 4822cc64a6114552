internal import Glibc

/// An open file descriptor, closed exactly once.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by; valid as long as the owner lives.
    package let number: CInt

    /// Takes over an open descriptor.
    package init(adopting number: CInt) {
        self.number = number
    }

    /// Takes over what a system call returned, or reports why it returned -1.
    package init(_ result: CInt, from call: String) throws(SystemError) {
        guard result >= 0 else { throw .last(call) }
        number = result
    }

    deinit {
        // Linux frees the number whatever close(2) reports: never retry.
        _ = Glibc.close(number)
    }
}
