import Platform
import Testing

@testable import Platform
@testable import SocketServer

/// What `MaxClients=auto` is.
@Suite struct ClientLimitTests {
    @Test(arguments: [
        // Descriptors, how many each takes, MiB of memory, clients.
        (1_000, 1, 1_024, 1_000), (1_000, 2, 1_024, 500), (1 << 20, 1, 1_024, 16_384),
        (-5, 1, 1_024, 64), (1 << 20, 1, 0, 64), (Int.max, 1, 1 << 30, 10_000_000),
    ])
    func isWhatDescriptorsAndMemoryAllow(
        _ descriptors: Int, _ count: Int, _ mebibytes: Int, _ clients: Int
    ) {
        let memory = MemoryLimit(bytes: mebibytes << 20, source: "a test")
        let limit = ClientLimit(descriptors: descriptors, eachTakes: count, memory: memory)
        #expect(limit.clients == clients)
        #expect(limit.reason?.isEmpty == false)
    }
}
