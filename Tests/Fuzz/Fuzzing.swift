internal import Glibc

/// What all fuzzers share: a file `NameFuzzer.swift` beside this one is a target, see `run`.
enum Fuzzing {
    /// Ends the process, saying why, when something does not hold.
    ///
    /// Optimized code keeps no messages of its own, so this prints it.
    static func require(_ condition: Bool, _ message: @autoclosure () -> String) {
        guard !condition else { return }
        print("does not hold: \(message())")
        _ = fflush(nil)
        abort()
    }

    /// The bytes that libFuzzer made up.
    static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    }
}
