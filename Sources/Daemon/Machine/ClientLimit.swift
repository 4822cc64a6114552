internal import Configuration
internal import HandlerAPI
internal import Planning
internal import Platform
internal import Serving

/// How many clients fit: what `MaxClients=auto` is here and now.
struct ClientLimit: Hashable {
    /// The number, 0 for no limit.
    let clients: Int
    /// What it comes from, nil where the file says it.
    let reason: String?

    /// What a client is reckoned to take: 14 KiB of ours with TLS, the rest for the kernel's buffers and
    /// the handler.
    private static let memoryOfAClient = 32 << 10
    /// So many fit whatever the machine says.
    private static let least = 64
    private static let most = 10_000_000

    /// The limit of a configuration, on this machine.
    init(_ planned: PlannedConfiguration, descriptorCeiling: CInt) {
        guard planned.server.maxClients == nil else {
            self.init(clients: planned.server.maxClients ?? 0, reason: nil)
            return
        }
        let endpoints = planned.plan.endpoints.count
        let workers = planned.server.workers ?? Processors.usable
        let dials = planned.plan.hosts.contains { host in
            host.isEnabled && ["proxy", "exec"].contains(host.handler?.value.lowercased())
        }
        self.init(
            descriptors: Int(descriptorCeiling) - endpoints - 2 * workers - 30,
            eachTakes: dials ? 2 : 1, memory: .current())
    }

    private init(clients: Int, reason: String?) {
        (self.clients, self.reason) = (clients, reason)
    }

    /// Reckons.
    ///
    /// - Parameters:
    ///   - descriptors: those that clients may have.
    ///   - count: how many one takes.
    ///   - memory: what the process may have; half of it is for clients.
    init(descriptors: Int, eachTakes count: Int, memory: MemoryLimit) {
        let byDescriptors = max(descriptors, 0) / count
        let byMemory = memory.bytes / 2 / ClientLimit.memoryOfAClient
        let fit = min(byDescriptors, byMemory)
        let reason =
            byMemory <= byDescriptors
            ? "half of \(memory.bytes >> 20) MiB of memory (\(memory.source)), 32 KiB each"
            : "\(max(descriptors, 0)) open files, \(count) each"
        self.init(
            clients: min(max(fit, ClientLimit.least), ClientLimit.most), reason: reason)
    }

    /// What is said of it at a start, and when a reload changes it; nil where the file says it.
    var news: ServerEvent? {
        reason.map {
            ServerEvent(
                .fileLimit, .info, detail: "MaxClients=auto: up to \(clients) clients (\($0))")
        }
    }
}
