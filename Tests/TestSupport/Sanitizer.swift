internal import Glibc

/// What the tests and the program beside them were built with.
package enum Sanitizer {
    /// Whether a sanitizer is built in, which makes all slower and larger.
    package static let isOn = ["__asan_init", "__tsan_init"].contains { (symbol: String) in
        unsafe dlsym(nil, symbol) != nil
    }
}
