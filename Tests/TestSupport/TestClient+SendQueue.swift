internal import Glibc

extension TestClient {
    /// Whether the server's kernel has all that was sent; its loop gets it next.
    package var isSendQueueEmpty: Bool {
        get throws {
            var count: CInt = 0
            // SIOCOUTQ of tcp(7).
            guard unsafe ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 else {
                throw TestFailure.last("ioctl")
            }
            return count == 0
        }
    }
}
