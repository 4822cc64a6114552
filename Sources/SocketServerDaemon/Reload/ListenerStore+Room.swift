internal import Configuration
internal import NetworkTypes
internal import Planning
internal import Systemd

extension ListenerStore {
    /// `FileDescriptorStoreMax=` of the shipped unit, which a test compares.
    static let shippedRoom = 4_096

    /// How many sockets systemd keeps; nil where there is none.
    static func room(of notifier: Notifier) -> Int? {
        notifier.isActive ? notifier.storeRoom ?? shippedRoom : nil
    }

    /// Warns of more listeners than systemd keeps over a restart.
    ///
    /// - Parameters:
    ///   - plan: what is to be listened on.
    ///   - room: how many sockets systemd keeps.
    /// - Returns: at most one warning, at the value that asks for the first listener too many.
    static func check(_ plan: ListenPlan, room: Int) -> Diagnostics {
        var diagnostics = Diagnostics()
        let listened = plan.endpoints.filter { !$0.hosts.isEmpty }
        guard listened.count > room else { return diagnostics }
        diagnostics.warn(
            at: listened[room].location,
            listened.count.counted("listener is", "listeners are")
                + " more than systemd keeps over a restart, which are \(room): clients in the queues of the others would be lost; raise"
                + " FileDescriptorStoreMax= of the unit")
        return diagnostics
    }
}
