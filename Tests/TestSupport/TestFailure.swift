internal import Glibc

/// Something that a test needs did not happen.
package struct TestFailure: Error, CustomStringConvertible {
    /// What did not happen.
    package let description: String
    /// What `errno` was, for a system call that failed.
    package let errorNumber: CInt?

    /// Describes it.
    package init(_ description: String, errorNumber: CInt? = nil) {
        self.description = description
        self.errorNumber = errorNumber
    }

    /// Names a system call that has just failed on this thread.
    package static func last(_ call: String) -> TestFailure {
        let code = errno
        return TestFailure(
            "\(call): \(unsafe String(cString: strerror(code)))", errorNumber: code)
    }
}
