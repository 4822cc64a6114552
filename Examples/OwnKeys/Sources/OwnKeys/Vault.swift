import SocketServer

/// Gives a secret to those who know the password, which must not be sent in the clear.
///
/// ```
/// STARTTLS      encrypt the connection
/// PASS word     ask for the secret
/// ```
struct Vault: Handler {
    static let name = "vault"
    static let summary = "gives a secret to those who know the password"
    static let keys: [any DeclaredKey] = [secret, password, attempts]
    private static let secret = HandlerKey("Secret", .text, default: "", help: "What is kept.")
    private static let password = HandlerKey("Password", .text, default: "", help: "The password.")
    private static let attempts = HandlerKey(
        "Attempts", .integer(1...100), default: 3,
        help: "How many wrong passwords a client may send.")

    private let secret: String
    private let password: String
    private let attempts: Int

    init(_ options: HandlerOptions) throws {
        secret = options[Self.secret]
        password = options[Self.password]
        attempts = options[Self.attempts]
        guard !password.isEmpty else { throw HandlerOptionError(Self.password, "must be set") }
    }

    func serve(_ client: Client) async throws -> Afterwards {
        var failures = 0
        while failures < attempts, let line = try await client.readLine(upTo: 200) {
            if line == "STARTTLS", client.offersTLS {
                // A client's bytes that came before its handshake are refused (CVE-2011-0411).
                try await client.write("220 go ahead\r\n")
                try await client.startTLS()
            } else if client.requiresTLS {
                try await client.write("530 STARTTLS first\r\n")
            } else if line == "PASS \(password)" {
                try await client.write("200 \(secret)\r\n")
            } else {
                failures += 1
                try await client.write("535 no\r\n")
            }
        }
        return .close
    }
}
