import Glibc

/// The other end of `NOTIFY_SOCKET`: a datagram socket as PID 1 has one.
struct NotifySocket: ~Copyable {
    /// What the variable is set to: a path, or `@` and a name of the abstract namespace (unix(7)).
    let name: String
    private let descriptor: CInt

    /// Binds a socket with room for `receiveBuffer` bytes, the kernel's default where nil.
    init(name: String, receiveBuffer: CInt? = nil) throws {
        self.name = name
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if var size = receiveBuffer {
            _ = unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length)
            }
        }
        guard code == 0 else { throw Failure(call: "bind", code: errno) }
    }

    deinit {
        close(descriptor)
        if !name.hasPrefix("@") { unsafe unlink(name) }
    }

    /// Waits for a datagram, for two seconds at most.
    func receive() throws -> String {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, 2_000) == 1 else { throw Failure(call: "poll", code: 0) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw Failure(call: "recv", code: errno) }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    struct Failure: Error {
        let call: String
        let code: CInt
    }
}
