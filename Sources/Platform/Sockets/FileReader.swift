internal import CLinux
internal import Glibc

/// Reads from an open file that belongs to somebody else.
package struct FileReader {
    let descriptor: CInt

    /// Takes the descriptor of a regular file, which stays its owner's.
    package init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Reads at a place (pread(2)), as far as `output` has room.
    package func read(
        from offset: Int, count: Int, into output: inout OutputSpan<UInt8>
    ) -> StreamSocket.Transfer {
        let count = min(count, output.freeCapacity)
        while true {
            let got = unsafe output.withUnsafeMutableBufferPointer { buffer, filled in
                let start = unsafe buffer.baseAddress.map { unsafe $0 + filled }
                let got = unsafe pread(descriptor, start, count, off_t(offset))
                filled += max(0, got)
                return got
            }
            if got > 0 { return .moved(got) }
            if got == 0 { return .ended }
            if errno != EINTR { return .failed(.last("pread")) }
        }
    }
}

extension StreamSocket {
    /// Sends a part of a file as far as the kernel takes it (sendfile(2)); ended when the file has no
    /// more.
    package func send(_ file: FileReader, from offset: Int, count: Int) -> Transfer {
        var position = off_t(offset)
        while true {
            // 2^31 - 4096 is what one call moves at most.
            let sent = unsafe sendfile(number, file.descriptor, &position, min(count, 1 << 20))
            if sent > 0 { return .moved(sent) }
            if sent == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(.last("sendfile"))
            }
        }
    }
}

extension SystemError {
    /// Whether the system call cannot do this with such a file, as of procfs or a pipe.
    package var isUnsupported: Bool { code == EINVAL || code == ENOSYS }

    /// Whether a sendfile(2) failed because of the file and not of the socket.
    package var isOfFile: Bool { [EIO, EBADF, EOVERFLOW, EISDIR, ESPIPE].contains(code) }
}
