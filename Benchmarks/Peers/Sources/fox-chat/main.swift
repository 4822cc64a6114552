import FlyingSocks
import Foundation
import Synchronization

final class Room: Sendable {
    private let members = Mutex<[String: AsyncSocket]>([:])

    var names: String { members.withLock { $0.keys.joined(separator: " ") } }

    func send(_ line: Data, from name: String) async {
        let others = members.withLock { $0.filter { $0.key != name }.values }
        for other in others { try? await other.write(line) }
    }

    func serve(_ client: AsyncSocket) async throws {
        guard case .ip4(let address, let port) = try client.socket.remotePeer() else { return }
        let name = "\(address):\(port)"
        try client.socket.setValue(
            true, for: BoolSocketOption(level: CInt(IPPROTO_TCP), name: TCP_NODELAY))
        members.withLock { $0[name] = client }
        defer {
            members.withLock { _ = $0.removeValue(forKey: name) }
            try? client.close()
        }
        var unread = Data()
        while true {
            unread.append(contentsOf: try await client.read(atMost: 4_096))
            while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(unread[...end])
                unread.removeSubrange(...end)
                if line == Data("who\n".utf8) {
                    try await client.write(Data("\(names)\n".utf8))
                } else {
                    await send(line, from: name)
                }
            }
        }
    }
}

let pool = SocketPool.make()
try await pool.prepare()
let room = Room()
let listener = try Socket(domain: AF_INET, type: .stream)
try listener.bind(to: .inet(ip4: "127.0.0.1", port: UInt16(CommandLine.arguments[1]) ?? 0))
try listener.listen(maxPendingConnection: 4_096)
let server = try AsyncSocket(socket: listener, pool: pool)
try await withThrowingDiscardingTaskGroup { group in
    group.addTask { try await pool.run() }
    for try await client in server.sockets {
        group.addTask { try? await room.serve(client) }
    }
}
