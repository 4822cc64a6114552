internal import Glibc

/// The descriptors 0, 1 and 2, which every program expects to be open.
enum StandardStreams {
    /// Opens `/dev/null` for each that the parent has closed, so that no other file gets a number to which
    /// messages are written.
    static func fillGaps() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
