internal import Glibc

/// The environment variables of the process.
package enum Environment {
    /// The value of a variable, nil when it is not set.
    package static subscript(name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
