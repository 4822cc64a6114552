extension PeerCore {
    @inlinable @inline(__always)
    package func corked<Result>(_ body: () throws -> Result) rethrows -> Result {
        cork()
        defer { uncork() }
        return try body()
    }

    package func flush() async throws {
        if mustFlush { try await waitUntilSent() }
    }

    @usableFromInline package func finishSending() async throws {
        try await flush()
        endSending()
        try await flush()
    }
}
