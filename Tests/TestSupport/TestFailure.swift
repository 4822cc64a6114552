internal import Glibc

/// Something that a test needs did not happen.
package struct TestFailure: Error, CustomStringConvertible {
    /// What did not happen.
    package let description: String

    /// Describes it.
    package init(_ description: String) {
        self.description = description
    }

    /// Names a system call that has just failed on this thread.
    package static func last(_ call: String) -> TestFailure {
        TestFailure("\(call): \(unsafe String(cString: strerror(errno)))")
    }
}
