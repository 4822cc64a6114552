internal import CLinux
internal import Glibc

/// A POSIX thread that runs one closure, without SIGPIPE; its creator joins or detaches it.
package struct Thread: Sendable {
    private let id: pthread_t

    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - name: the name in ps(1), truncated to 15 bytes.
    ///   - body: what the thread runs; the thread ends when it returns.
    /// - Throws: what pthread_create(3) returned.
    package init(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var id = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        let code = unsafe pthread_create(
            &id, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe clinux_name_thread(String(start.name.prefix(15)))
                BrokenPipe.block()
                start.body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", code: code)
        }
        self.id = id
    }

    /// Gives the calling thread the lowest priority of the machine (`nice` 19, sched(7)).
    ///
    /// - Returns: whether the system allows it; the shipped unit does not.
    package static func lowerPriority() -> Bool {
        clinux_lower_priority() == 0
    }

    /// Waits for the thread to exit.
    package func join() {
        _ = pthread_join(id, nil)
    }

    /// Detaches the thread: no thread waits for it to exit.
    package func detach() {
        _ = pthread_detach(id)
    }

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            (self.name, self.body) = (name, body)
        }
    }
}
