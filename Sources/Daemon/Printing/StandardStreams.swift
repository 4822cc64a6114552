internal import Glibc

/// The descriptors 0, 1 and 2 that every program expects.
enum StandardStreams {
    /// Opens `/dev/null` for each that the caller has closed, so that no descriptor of ours gets a
    /// number to which text is written.
    static func fillGaps() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
