/// Has memory given back to the kernel when many clients have gone.
///
/// malloc(3) does so by itself only at the end of its heaps, where something mostly lives on: after a
/// flood of TLS clients the daemon would keep their memory for good.
struct MemoryReturn {
    /// So many must have gone, and at least half: those of TLS have 10 MiB.
    private static let leastClients = 256

    /// The most clients there were since memory was given back.
    private var most = 0

    /// Takes note of how many clients there are, each second.
    ///
    /// - Returns: whether memory is to be given back now.
    mutating func isDue(clients: Int) -> Bool {
        most = max(most, clients)
        guard most - clients >= Self.leastClients, clients <= most / 2 else { return false }
        most = clients
        return true
    }
}
