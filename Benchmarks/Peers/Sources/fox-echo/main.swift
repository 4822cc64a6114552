import FlyingSocks
import Foundation

let pool = SocketPool.make()
try await pool.prepare()
let listener = try Socket(domain: AF_INET, type: .stream)
try listener.bind(to: .inet(ip4: "127.0.0.1", port: UInt16(CommandLine.arguments[1]) ?? 0))
try listener.listen(maxPendingConnection: 4_096)
let server = try AsyncSocket(socket: listener, pool: pool)
try await withThrowingDiscardingTaskGroup { group in
    group.addTask { try await pool.run() }
    for try await client in server.sockets {
        group.addTask {
            defer { try? client.close() }
            while let bytes = try? await client.read(atMost: 4_096) {
                try? await client.write(Data(bytes))
            }
        }
    }
}
