import Glibc
import TestSupport

/// The other end of `NOTIFY_SOCKET`: a datagram socket as PID 1 has one.
struct NotifySocket: ~Copyable {
    /// What the variable is set to: a path, or `@` and a name of the abstract namespace (unix(7)).
    let name: String
    private let descriptor: CInt

    /// Binds a socket with room for `receiveBuffer` bytes, the kernel's default where nil.
    init(name: String, receiveBuffer: CInt? = nil) throws {
        self.name = name
        descriptor = try UnixDatagramSocket.bind(name)
        if var size = receiveBuffer {
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
    }

    deinit {
        close(descriptor)
        if !name.hasPrefix("@") { unsafe unlink(name) }
    }

    /// Waits for a datagram, for two seconds at most.
    func receive() throws -> String {
        try waitUntilReady(descriptor, CInt(POLLIN), "a notification", within: .seconds(2))
        guard let datagram = UnixDatagramSocket.receive(descriptor) else {
            throw TestFailure.last("recvmsg")
        }
        return String(decoding: datagram.bytes, as: UTF8.self)
    }
}
