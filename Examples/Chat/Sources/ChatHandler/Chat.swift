public import HandlerAPI

/// A room in which clients talk to each other, one line at a time.
///
/// ```
/// NICK name     enter
/// SAY text      send a line to the others
/// WHO           list the members
/// KICK name     disconnect a member
/// STARTTLS      encrypt the connection, before NICK, where the host offers it (AuthSslCmd)
/// QUIT          leave
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

    /// Serves one client: does its commands until it leaves.
    public func serve(_ client: Client) async throws -> Afterwards {
        var name: String?
        defer { if let name { room.leave(name) } }
        try await client.write("200 welcome\r\n")
        for try await line in client.lines(upTo: 500) {
            switch (Command(line), name) {
            case (.quit, _):
                return .close
            case (.startTLS, nil) where client.offersTLS:
                try await client.write("220 go ahead\r\n")
                try await client.startTLS()
            case (.nick, nil) where client.requiresTLS:
                try await client.write("530 STARTTLS first\r\n")
            case (.nick(let new), nil):
                let isIn = room.enter(client.handle, as: new)
                if isIn { name = new }
                try await client.write(
                    isIn ? "201 you are \(new)\r\n" : "433 taken, or the room is full\r\n")
            case (_, nil):
                try await client.write("451 NICK first\r\n")
            case (.say(let text), let name?):
                room.broadcast("<\(name)> \(text)", except: client.handle)
            case (.who, _):
                try await client.write("202 \(room.names.joined(separator: " "))\r\n")
            case (.kick(let other), _):
                try await client.write(
                    room.kick(other) ? "203 kicked \(other)\r\n" : "401 nobody of that name\r\n")
            default:
                try await client.write("500 SAY, WHO, KICK or QUIT\r\n")
            }
        }
        return .close
    }
}

/// One line of the protocol.
enum Command: Equatable {
    case nick(String), say(String), who, kick(String), startTLS, quit, unknown

    init(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first?.uppercased(), words.dropFirst().first) {
        case ("NICK", let name?) where !name.contains(" ") && name.utf8.count <= 32:
            self = .nick(name)
        case ("SAY", let text?): self = .say(text)
        case ("WHO", nil): self = .who
        case ("KICK", let name?): self = .kick(name)
        case ("STARTTLS", nil): self = .startTLS
        case ("QUIT", nil): self = .quit
        default: self = .unknown
        }
    }
}
