internal import CLinux
internal import Glibc

/// Signals as something to read (signalfd(2)) instead of something that interrupts.
package struct SignalQueue: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// The number to watch on a loop.
    package var number: CInt { descriptor.number }

    /// Blocks these signals in the calling thread, and in those it will start, and queues them.
    ///
    /// To be called before any thread is started.
    package init(_ signals: [CInt]) throws(SystemError) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal) }
        let code = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw SystemError("pthread_sigmask", code: code) }
        descriptor = try FileDescriptor(
            unsafe signalfd(-1, &set, CInt(SFD_NONBLOCK | SFD_CLOEXEC)), from: "signalfd")
    }

    /// Takes the next signal, nil when none waits.
    package func next() -> CInt? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard unsafe read(descriptor.number, &info, size) == size else { return nil }
        return CInt(info.ssi_signo)
    }
}
