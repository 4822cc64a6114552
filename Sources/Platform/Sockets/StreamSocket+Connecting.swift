internal import CLinux
internal import Glibc
package import NetworkTypes

extension StreamSocket {
    /// Begins to connect (socket(2), connect(2)); the socket becomes writable when that has come to
    /// something, which ``connectionError`` tells.
    ///
    /// - Parameter endpoint: a TCP port or a unix socket.
    /// - Throws: the call that failed; `EAGAIN` when the queue of a unix socket is full.
    package init(connectingTo endpoint: Endpoint) throws(SystemError) {
        let family =
            switch endpoint.socketAddress?.ip.family {
            case .v4: AF_INET
            case .v6: AF_INET6
            case .unix, nil: AF_UNIX
            }
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try FileDescriptor(socket(family, type, 0), from: "socket")
        let number = descriptor.number
        if family != AF_UNIX {
            try SocketOption.set(
                number, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), 1, name: "TCP_NODELAY")
        }
        let result = try unsafe RawAddress.with(endpoint) { unsafe Glibc.connect(number, $0, $1) }
        guard result == 0 || errno == EINPROGRESS || errno == EINTR else { throw .last("connect") }
        self.init(adopting: descriptor)
    }

    /// What became of the connecting, nil when the socket is connected (`SO_ERROR`).
    package var connectionError: SystemError? {
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        guard unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
            return .last("getsockopt")
        }
        return code == 0 ? nil : SystemError("connect", code: code)
    }
}
