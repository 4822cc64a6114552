import NIOCore
import NIOPosix
import Synchronization

final class Room: Sendable {
    private let members = Mutex<[String: NIOAsyncChannelOutboundWriter<ByteBuffer>]>([:])

    func join(_ name: String, _ member: NIOAsyncChannelOutboundWriter<ByteBuffer>) {
        members.withLock { $0[name] = member }
    }

    func leave(_ name: String) {
        members.withLock { _ = $0.removeValue(forKey: name) }
    }

    var names: String { members.withLock { $0.keys.joined(separator: " ") } }

    func send(_ line: String, from name: String) async {
        let others = members.withLock { $0.filter { $0.key != name }.values }
        let bytes = ByteBuffer(string: "\(line)\n")
        for other in others { try? await other.write(bytes) }
    }
}

let room = Room()
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let server = try await ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 4_096)
    .bind(host: "127.0.0.1", port: Int(CommandLine.arguments[1]) ?? 0) { channel in
        channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
    }
try await withThrowingDiscardingTaskGroup { group in
    try await server.executeThenClose { clients in
        for try await client in clients {
            group.addTask {
                let name = client.channel.remoteAddress.map { "\($0)" } ?? "?"
                try? await client.executeThenClose { inbound, outbound in
                    room.join(name, outbound)
                    defer { room.leave(name) }
                    for try await line in inbound.splitUTF8Lines(maximumBufferSize: 8_192) {
                        if line == "who" {
                            try await outbound.write(ByteBuffer(string: "\(room.names)\n"))
                        } else {
                            await room.send(line, from: name)
                        }
                    }
                }
            }
        }
    }
}
