// A handler that reads and writes at the same time, with a session of its own.
import HandlerAPI

struct Chat: Handler {
    static let name = "chat"
    static let summary = "sends each line to all others"

    private let lines: AsyncStream<String>
    private let mailbox: AsyncStream<String>.Continuation

    struct Session {
        let client: Client
        var count = 0
    }

    init(_ options: HandlerOptions) {
        (lines, mailbox) = AsyncStream.makeStream(of: String.self)
    }

    func serve(_ client: Client) async throws -> Afterwards {
        var session = Session(client: client)
        try await session.welcome()
        try await client.alongside({
            for await line in lines { try await client.write("\(line)\n") }
        }) {
            try await session.talk(mailbox)
        }
        return .close
    }
}

extension Chat.Session {
    func talk(_ mailbox: AsyncStream<String>.Continuation) async throws {
        while let line = try await client.readLine() { mailbox.yield(line) }
    }

    mutating func welcome() async throws {
        count += 1
        try await client.write("welcome, number \(count)\n")
    }
}
