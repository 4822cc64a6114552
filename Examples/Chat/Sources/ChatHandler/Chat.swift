public import HandlerAPI

/// A room in which clients talk to each other, one line at a time.
///
/// ```
/// NICK name     come in, or take another name
/// SAY text      tell the others
/// WHO           who is here
/// STARTTLS      go on encrypted, where the host offers it (AuthSslCmd)
/// QUIT          go
/// ```
public struct Chat: Handler {
    /// What Handler= calls it.
    public static let name = "chat"
    /// A line for the manual page and the sample configuration.
    public static let summary = "a room in which clients talk to each other"
    /// The keys of a host that are its own.
    public static let keys: [any DeclaredKey] = [roomSize]
    private static let roomSize = HandlerKey(
        "RoomSize", .integer(1...100_000), default: 1_000,
        help: "The maximum number of members of a room.")

    private let room: Room

    /// Makes the room of one host.
    public init(_ options: HandlerOptions) {
        room = Room(limit: options[Self.roomSize])
    }

    /// What is known of one client: typed, and gone with the call that serves it.
    fileprivate struct Session {
        let client: Client
        let room: Room
        var name: String?
    }

    /// Serves one client: its talk, and at the same time what the others say.
    public func serve(_ client: Client) async throws -> Afterwards {
        var session = Session(client: client, room: room)
        try await client.write("200 welcome\r\n")
        // Until it has a name, a client only answers.
        guard let messages = try await session.introduce() else { return .close }
        defer { room.leave(client.id) }
        // The talk, and at the same time what the others say; the end of the talk ends both.
        try await client.alongside({
            for await message in messages { try await client.write("\(message)\r\n") }
        }) {
            try await session.talk()
        }
        return .close
    }
}

extension Chat.Session {
    /// Does commands until the client has a name.
    ///
    /// - Returns: the messages of the others; nil when the client goes.
    fileprivate mutating func introduce() async throws -> AsyncStream<String>? {
        for try await line in client.lines(upTo: 500) {
            switch Command(line) {
            case .nick(let name):
                if client.requiresTLS {
                    try await client.write("530 STARTTLS first\r\n")
                } else if let messages = room.enter(client.id, as: name) {
                    self.name = name
                    try await client.write("201 you are \(name)\r\n")
                    return messages
                } else {
                    try await client.write("433 taken, or the room is full\r\n")
                }
            case .startTLS where client.offersTLS:
                try await client.write("220 go ahead\r\n")
                try await client.startTLS()
            case .quit:
                return nil
            default:
                try await client.write("451 NICK first\r\n")
            }
        }
        return nil
    }

    /// Does commands until the client goes.
    fileprivate func talk() async throws {
        for try await line in client.lines(upTo: 500) {
            switch Command(line) {
            case .say(let text):
                room.broadcast("<\(name ?? "?")> \(text)", except: client.id)
            case .who:
                client.send("202 \(room.names.joined(separator: " "))\r\n")
            case .quit:
                return
            default:
                client.send("500 NICK, SAY, WHO, STARTTLS or QUIT\r\n")
            }
        }
    }
}

/// One line of the protocol.
enum Command: Equatable {
    case nick(String), say(String), who, startTLS, quit, unknown

    init(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first?.uppercased(), words.dropFirst().first) {
        case ("NICK", let name?) where !name.contains(" ") && name.utf8.count <= 32:
            self = .nick(name)
        case ("SAY", let text?): self = .say(text)
        case ("WHO", nil): self = .who
        case ("STARTTLS", nil): self = .startTLS
        case ("QUIT", nil): self = .quit
        default: self = .unknown
        }
    }
}
