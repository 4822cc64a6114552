package import EventLoops
package import Platform

/// The sockets of socket units that no host listens on: their clients are refused, on one loop.
package final class IdleSockets {
    private let inherited: InheritedListeners
    private let loop: EventLoop
    private var refusing: [CInt: RefusingSocket] = [:]
    private var isStopped = false

    /// Does nothing yet; all calls are on the loop's thread.
    package init(_ inherited: InheritedListeners, on loop: EventLoop) {
        self.inherited = inherited
        self.loop = loop
    }

    /// Refuses clients of sockets that the state has no listener for, and stops that for the others.
    ///
    /// - Returns: the sockets that could not be watched.
    package func update(_ opened: OpenedPlan) -> [SystemError] {
        guard !isStopped else { return [] }
        let idle = inherited.idleNumbers(with: Set(opened.endpoints.map(\.listener.id)))
        for (number, socket) in refusing where !idle.contains(number) {
            socket.stop()
            refusing[number] = nil
        }
        var errors: [SystemError] = []
        for number in idle where refusing[number] == nil {
            do throws(SystemError) {
                refusing[number] = try RefusingSocket(number, on: loop)
            } catch {
                errors.append(error)
            }
        }
        return errors
    }

    /// Leaves new clients to the next process of the service.
    package func stop() {
        isStopped = true
        for socket in refusing.values { socket.stop() }
        refusing = [:]
    }
}
