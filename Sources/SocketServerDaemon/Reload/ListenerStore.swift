internal import Serving
internal import Systemd

/// Has systemd keep the listening sockets, so that a restart or a crash loses no client in their
/// queues.
struct ListenerStore {
    let notifier: Notifier
    /// What the process was started with.
    let inherited: InheritedListeners

    /// Stores opened listeners, and has systemd forget those that were closed or could not be used.
    func update(from old: OpenedPlan, to new: OpenedPlan) {
        guard notifier.isActive else { return }
        let (before, names) = (old.storeNames, new.storeNames)
        let kept = Set(names.map(\.name))
        // All of a name are forgotten at once, so what is in use under it is stored again.
        let renewed = inherited.closeLeftovers(of: kept)
        for name in renewed { notifier.forget(name: name) }
        for (name, listener) in before
        where !kept.contains(name) && !renewed.contains(name) && listener.origin != .activated {
            notifier.forget(name: name)
        }
        let known = Set(before.map { ObjectIdentifier($0.listener) })
        for (name, listener) in names
        where !known.contains(ObjectIdentifier(listener)) || renewed.contains(name) {
            // A socket that came out of the store is still in it.
            if listener.origin == .bound
                || listener.origin == .stored && renewed.contains(name)
            {
                notifier.store(name: name, descriptor: listener.number, owner: listener)
            }
            listener.keepFile()
        }
    }
}
