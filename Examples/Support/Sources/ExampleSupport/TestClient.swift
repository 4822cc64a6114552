import CTLS
import Dispatch
import Glibc

/// A client of a test, plain or with TLS, over a real socket to 127.0.0.1.
///
/// Its calls block a thread of its own, so a test that waits keeps none of Swift's threads.
public final class TestClient: @unchecked Sendable {
    // Sendable because all that follows is used on `queue` only.

    private let queue = DispatchQueue(label: "client of a test")
    private let descriptor: CInt
    private var tls: TLSLayer?
    private var received: [UInt8] = []

    /// Connects, and completes the TLS handshake if there is to be one.
    ///
    /// - Throws: ``TestClientError``.
    public init(port: UInt16, tls settings: TLSSettings? = nil) async throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestClientError("socket") }
        // Nothing in a test takes that long.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        try await perform { try $0.connect(to: port) }
        if let settings { try await startTLS(settings) }
    }

    deinit {
        tls = nil
        Glibc.close(descriptor)
    }

    /// Completes a TLS handshake on the connection.
    ///
    /// - Throws: ``TestClientError`` with the reason if one side refuses.
    public func startTLS(_ settings: TLSSettings) async throws {
        try await perform { $0.tls = try TLSLayer($0.descriptor, settings) }
    }

    /// Sends a text, all of it.
    public func send(_ text: String) async throws {
        try await perform { client in
            let bytes = Array(text.utf8)
            let count =
                client.tls?.send(bytes)
                ?? Glibc.send(client.descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
            guard count == bytes.count else { throw TestClientError("send") }
        }
    }

    /// Receives up to the next line feed.
    ///
    /// - Returns: the line without its end, nil once the server has closed the connection.
    public func readLine() async throws -> String? {
        try await perform { try $0.nextLine() }
    }

    /// Sends a line and receives the next one.
    public func ask(_ line: String) async throws -> String? {
        try await send("\(line)\r\n")
        return try await readLine()
    }

    /// Closes its side: the server sees end of file, and its answers can still be read.
    public func endOutput() async throws {
        try await perform { client in
            client.tls?.endOutput()
            shutdown(client.descriptor, CInt(SHUT_WR))
        }
    }

    /// The common name of the server's certificate, nil without TLS.
    public func serverCertificateName() async throws -> String? {
        try await perform { $0.tls?.serverName }
    }

    private func connect(to port: UInt16) throws {
        var address = sockaddr_in.loopback(port: port)
        let status = address.withPointer { Glibc.connect(descriptor, $0, $1) }
        guard status == 0 else { throw TestClientError("connect to port \(port)") }
    }

    private func nextLine() throws -> String? {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received.removeSubrange(...end) }
                return String(decoding: received[..<end].filter { $0 != 13 }, as: UTF8.self)
            }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count =
                try tls?.receive(&bytes) ?? recv(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 else { throw TestClientError("receive") }
            guard count > 0 else { return nil }
            received += bytes.prefix(count)
        }
    }

    private func perform<Result: Sendable>(
        _ body: @escaping @Sendable (TestClient) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: .init { try body(self) }) }
        }
    }
}

/// A call of a client that failed.
public struct TestClientError: Error, CustomStringConvertible {
    /// The call, and the reason of the system or of libssl.
    public let description: String
    /// Whether nobody listened on the port.
    let isRefusal: Bool

    init(_ call: String) { self.init(call, errno) }

    init(_ call: String, tls code: UInt) {
        self.init(call, errno, code == 0 ? nil : ERR_reason_error_string(code))
    }

    private init(_ call: String, _ number: CInt, _ reason: UnsafePointer<CChar>? = nil) {
        description = "\(call): \(String(cString: reason ?? UnsafePointer(strerror(number))))"
        isRefusal = number == ECONNREFUSED
    }
}
