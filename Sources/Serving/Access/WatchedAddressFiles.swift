internal import Configuration
internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes

/// Watches the files of `AllowFrom` and `DenyFrom`, and reads them again when they have changed.
///
/// Belongs to one loop, as ``SettledFiles`` does. A file that cannot be used keeps its list.
final class WatchedAddressFiles {
    private let post: @Sendable (ServerEvent) -> Void
    private let server: ServerAccess
    private var watched: SettledFiles?
    private var files: [Int: AddressFile] = [:]
    /// The hosts of each file.
    private var hosts: [Int: [Host]] = [:]
    private var refused: Set<Int> = []
    private var isPollingTold = false

    private static let subject = "address list"
    /// From so many networks on, what malloc(3) keeps of the text and of the old list is worth returning to the kernel.
    private static let largeCount = 65_536

    /// Creates a watch of no files; make all calls on the loop's thread.
    init(
        on loop: EventLoop, of server: ServerAccess, post: @escaping @Sendable (ServerEvent) -> Void
    ) {
        self.post = post
        self.server = server
        watched = SettledFiles(on: loop, onSign: { [unowned self] in tellPolling() }) {
            [unowned self] in read($0, isLast: $1)
        }
    }

    /// Stops the watch and removes it from the loop.
    func stop() {
        watched?.stop()
        watched = nil
    }

    /// Watches the files of the server and of these hosts.
    func take(_ hosts: some Sequence<Host>) {
        var new: [Int: AddressFile] = [:]
        self.hosts = [:]
        for file in server.files { new[file.id] = file }
        for host in hosts {
            for file in host.access?.files ?? [] {
                new[file.id] = file
                self.hosts[file.id, default: []].append(host)
            }
        }
        for id in files.keys where new[id] == nil {
            watched?.forget(id)
            refused.remove(id)
        }
        let added = new.filter { files[$0.key] == nil }
        files = new
        for (id, file) in added { watched?.watch([file.path], for: id) }
        // They may have been written between the reading and the watch.
        watched?.note(Set(added.values.filter(\.isOutdated).map(\.id)))
        if added.values.contains(where: { $0.count >= Self.largeCount }) { server.noteGarbage() }
        for host in hosts
        where host.access?.files.contains(where: { refused.contains($0.id) }) != true {
            host.account.conditions.clear(Self.subject)
        }
        tellPolling()
    }

    /// Reads files again; returns those that cannot be used, unless this is the final attempt.
    private func read(_ ids: Set<Int>, isLast: Bool) -> Set<Int> {
        ids.filter { id in
            guard let file = files[id] else { return false }
            do throws(AddressFileError) {
                let change = try file.reload()
                // Its old contents may be back.
                let wasRefused = refused.remove(id) != nil
                for host in hosts[id] ?? [] where wasRefused {
                    host.account.conditions.clear(Self.subject)
                }
                if let change { tell(file, change) }
                return false
            } catch {
                guard isLast else { return true }
                refused.insert(id)
                refuse(file, error)
                return false
            }
        }
    }

    private func tell(_ file: AddressFile, _ change: (before: Int, now: Int)) {
        if max(change.before, change.now) >= Self.largeCount { server.noteGarbage() }
        post(
            ServerEvent(
                .addressListReplaced, .notice,
                detail: "the address list \"\(file.path.printable)\" is replaced: "
                    + "\(change.now.counted("network")), before \(change.before)"))
    }

    private func refuse(_ file: AddressFile, _ error: AddressFileError) {
        let reason =
            "the address list \"\(file.path.printable)\" stays as it was, with "
            + "\(file.count.counted("network")), because the new one cannot be used: \(error.message)"
        for host in hosts[file.id] ?? [] { host.account.conditions.raise(Self.subject, reason) }
        post(ServerEvent(.addressListRefused, .error, detail: reason))
    }

    /// Reports that files are polled, unless that was already reported.
    private func tellPolling() {
        guard let watched, watched.polledCount > 0 else { return isPollingTold = false }
        guard !isPollingTold else { return }
        isPollingTold = true
        post(
            ServerEvent(
                .addressListRefused, .warning,
                detail: watched.polledCount.counted(
                    "address list cannot be watched and is",
                    "address lists cannot be watched and are")
                    + " checked every second: \(watched.reasonForPolling)"))
    }
}
