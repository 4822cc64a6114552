internal import CLinux
internal import Glibc
package import NetworkTypes

/// A connected TCP socket that never blocks.
package struct StreamSocket: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Takes over a connected, non-blocking socket.
    package init(adopting descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// The number to watch on a loop and to hand to the TLS engine.
    package var number: CInt { descriptor.number }

    /// What a transfer came to.
    package enum Transfer {
        /// This many bytes, at least one.
        case moved(Int)
        /// The kernel's queue is empty, or full.
        case wouldBlock
        /// The peer has sent everything it will send; reads only.
        case ended
        /// The connection is broken.
        case failed(SystemError)
    }

    /// Receives what has arrived, as far as `output` has room (recv(2)).
    package func receive(into output: inout OutputSpan<UInt8>) -> Transfer {
        receive(into: &output, flags: 0)
    }

    /// Copies what has arrived, and leaves it to the next receive (`MSG_PEEK`).
    package func peek(into output: inout OutputSpan<UInt8>) -> Transfer {
        receive(into: &output, flags: CInt(MSG_PEEK))
    }

    private func receive(into output: inout OutputSpan<UInt8>, flags: CInt) -> Transfer {
        while true {
            let count = unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                let count = unsafe recv(descriptor.number, start, buffer.count - filled, flags)
                filled += max(0, count)
                return count
            }
            if count > 0 { return .moved(count) }
            if count == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(.last("recv"))
            }
        }
    }

    /// Sends as much as the kernel takes (send(2)); a vanished peer is an error, never SIGPIPE.
    ///
    /// - Parameters:
    ///   - bytes: what to send.
    ///   - hasMore: whether the last segment may wait for what follows (`MSG_MORE`).
    /// - Returns: how many were taken.
    package func send(_ bytes: Span<UInt8>, hasMore: Bool = false) -> Transfer {
        let flags = CInt(MSG_NOSIGNAL) | (hasMore ? CInt(MSG_MORE) : 0)
        while true {
            let count = unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe Glibc.send(descriptor.number, buffer.baseAddress, buffer.count, flags)
            }
            if count >= 0 { return .moved(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(.last("send"))
            }
        }
    }

    /// Sends two parts with one call (sendmsg(2)).
    package func send(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Transfer {
        let count = unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe clinux_send_two(
                    descriptor.number, first.baseAddress, first.count, second.baseAddress,
                    second.count)
            }
        }
        if count >= 0 { return .moved(count) }
        return errno == EAGAIN ? .wouldBlock : .failed(.last("sendmsg"))
    }

    /// The bytes that were read from the socket and written to it so far, by any process (TCP_INFO);
    /// nil where nobody counts: on a unix socket.
    package var totals: (received: UInt64, sent: UInt64)? {
        var (received, sent): (UInt64, UInt64) = (0, 0)
        guard unsafe tcptotals_get(descriptor.number, &received, &sent) == 0 else { return nil }
        return (received, sent)
    }

    /// Shuts down the sending side (`SHUT_WR`); ignores a peer that is gone.
    package func endOutput() {
        _ = shutdown(descriptor.number, CInt(SHUT_WR))
    }

    /// The bytes that were written and that the peer's kernel has not confirmed (`SIOCOUTQ`, tcp(7)).
    package var undeliveredCount: Int { Int(clinux_undelivered(descriptor.number)) }

    /// Lets the close reset the connection (`SO_LINGER`, socket(7)).
    ///
    /// Unsent bytes are lost, and the peer sees a reset. Unix sockets have no reset.
    package func resetWhenClosed() {
        var option = linger(l_onoff: 1, l_linger: 0)
        let length = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(descriptor.number, SOL_SOCKET, SO_LINGER, &option, length)
    }

    /// Resets the connection now, even if there are duplicates of the socket (`AF_UNSPEC`, connect(2)).
    package func reset() {
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = unsafe connect(descriptor.number, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }

    /// Creates a pair of connected unix sockets (socketpair(2)).
    ///
    /// - Parameter other: becomes the number of the other end, which blocks and is the caller's.
    /// - Throws: socketpair(2).
    package init(pairedWith other: inout CInt) throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        guard unsafe clinux_socket_pair(&ends) == 0 else { throw .last("socketpair") }
        descriptor = FileDescriptor(adopting: ends[0])
        other = ends[1]
    }

    /// Reads only what has arrived, and then an end (`SHUT_RD` of a unix socket).
    package func endInput() {
        _ = shutdown(descriptor.number, CInt(SHUT_RD))
    }

    /// Makes calls block, or not (`O_NONBLOCK`); all duplicates of the socket share the setting.
    package func setBlocking(_ isBlocking: Bool) throws(SystemError) {
        guard clinux_set_blocking(descriptor.number, isBlocking ? 1 : 0) == 0 else {
            throw .last("fcntl")
        }
    }

    /// The address on this machine that the client connected to (getsockname(2)).
    package var localAddress: SocketAddress? {
        let number = descriptor.number
        return unsafe RawAddress.receive { unsafe getsockname(number, $0, $1) }.address
    }
}
