internal import CLinux
internal import Glibc
package import Platform

/// A listening socket that closes each client at once, since no host serves it: clients would wait in its
/// queue forever.
package final class RefusingSocket: EventSource {
    /// A duplicate, so that no other owner can close it.
    private let descriptor: FileDescriptor
    private let loop: EventLoop
    private var source: SourceID?

    /// Clients refused in a row.
    private static let batch = 64
    /// How long it waits when there is no descriptor for the next one.
    private static let pause = Duration.milliseconds(100)

    /// Starts refusing clients, on the loop's thread.
    ///
    /// - Throws: fcntl(2), epoll_ctl(2).
    package init(_ number: CInt, on loop: EventLoop) throws(SystemError) {
        descriptor = try FileDescriptor(fcntl(number, F_DUPFD_CLOEXEC, 0), from: "fcntl")
        guard fcntl(descriptor.number, F_SETFL, O_NONBLOCK) == 0 else { throw .last("fcntl") }
        self.loop = loop
        let source = loop.add(self)
        do throws(SystemError) {
            try loop.watch(descriptor.number, for: source, .readable)
        } catch {
            loop.remove(source)
            throw error
        }
        self.source = source
    }

    /// Stops refusing; the next owner of the socket gets new clients.
    package func stop() {
        guard let source else { return }
        self.source = nil
        loop.unwatch(descriptor.number)
        loop.remove(source)
    }

    package func descriptorReady(_ readiness: Readiness) {
        for _ in 0..<RefusingSocket.batch {
            let taken = clinux_accept(descriptor.number, nil, nil)
            if taken >= 0 {
                close(taken)
                continue
            }
            guard let source, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) else { return }
            loop.unwatch(descriptor.number)
            return loop.setDeadline(source, after: RefusingSocket.pause)
        }
    }

    package func deadlinePassed() {
        guard let source else { return }
        do throws(SystemError) {
            try loop.watch(descriptor.number, for: source, .readable)
        } catch {
            loop.setDeadline(source, after: RefusingSocket.pause)
        }
    }
}
