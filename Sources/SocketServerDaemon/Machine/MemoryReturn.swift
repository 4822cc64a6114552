/// Decides when to return memory to the kernel after many clients have disconnected.
///
/// malloc(3) does so by itself only at the end of its heaps, which is mostly in use: after a flood of TLS
/// clients, the daemon would keep their memory.
struct MemoryReturn {
    /// The minimum number of clients that have disconnected, besides half of all: with TLS, they had 10 MiB.
    private static let leastClients = 256

    /// The maximum number of clients since memory was last returned.
    private var most = 0

    /// Updates the number of clients, once a second.
    ///
    /// - Returns: whether to return memory now.
    mutating func isDue(clients: Int) -> Bool {
        most = max(most, clients)
        guard most - clients >= Self.leastClients, clients <= most / 2 else { return false }
        most = clients
        return true
    }
}
