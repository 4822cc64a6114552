package import Configuration
internal import HandlerAPI
package import Planning
internal import Platform
package import Serving

/// The number of clients that fit: the value of `MaxClients=auto` on this machine.
package struct ClientLimit: Hashable {
    /// The number, 0 for no limit.
    package let clients: Int
    /// The resource that limits it, nil where the configuration sets the number.
    let reason: String?

    /// The estimated memory of a client: 14 KiB of the daemon with TLS, the rest for the buffers of the
    /// kernel and the handler.
    private static let memoryOfAClient = 32 << 10
    /// The minimum, whatever the resources.
    private static let least = 64
    private static let most = 10_000_000

    /// The limit of a configuration, on this machine.
    package init(_ settings: ServerSettings, _ plan: ListenPlan, descriptorCeiling: CInt) {
        guard settings.maxClients == nil else {
            self.init(clients: settings.maxClients ?? 0, reason: nil)
            return
        }
        let endpoints = plan.endpoints.count
        let workers = settings.workers ?? Processors.usable
        let extra = plan.hosts.filter(\.isEnabled).map(\.traits.extraDescriptors).max()
        self.init(
            descriptors: Int(descriptorCeiling) - endpoints - 2 * workers - 30,
            eachTakes: 1 + (extra ?? 0), memory: .current())
    }

    private init(clients: Int, reason: String?) {
        (self.clients, self.reason) = (clients, reason)
    }

    /// Calculates the limit.
    ///
    /// - Parameters:
    ///   - descriptors: the file descriptors for clients.
    ///   - count: the descriptors of one client.
    ///   - memory: the memory limit of the process; half of it is for clients.
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

    /// The record at a start, and when a reload changes the limit; nil where the configuration sets it.
    package var news: ServerEvent? {
        reason.map {
            ServerEvent(
                .fileLimit, .info, detail: "MaxClients=auto: up to \(clients) clients (\($0))")
        }
    }
}
