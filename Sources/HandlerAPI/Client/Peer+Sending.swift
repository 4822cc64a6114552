extension Peer {
    // Inlined into the handler, because an await that need not wait costs an echo 350 of its 3,200
    // instructions: the runtime looks up the task's executor after each.

    /// Waits until everything sent has been handed to the kernel: the back-pressure of a peer that
    /// reads slowly.
    ///
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func flush() async throws {
        let core = reference.core
        if core.mustFlush { try await core.waitUntilSent() }
    }

    /// Whether ``flush()`` has something to wait for or to report: ``Handler/serveAtOnce(_:)`` stops then, and
    /// leaves the rest to a task.
    @inlinable public var needsFlush: Bool { reference.core.mustFlush }

    /// Sends bytes, like a span of them.
    @inlinable @inline(__always)
    public func send(_ bytes: [UInt8]) { send(bytes.span) }

    /// Sends bytes, which are gathered in an array first.
    @inlinable
    public func send(_ bytes: some Sequence<UInt8>) { send(Array(bytes).span) }

    /// Sends bytes and waits until the kernel has taken them; they are gathered in an array first.
    ///
    /// - Throws: ``ClientError``.
    @inlinable
    public func write(_ bytes: some Sequence<UInt8>) async throws { try await write(Array(bytes)) }

    /// Sends bytes and waits until the kernel has taken them.
    ///
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func write(_ bytes: [UInt8]) async throws {
        send(bytes.span)
        try await flush()
    }

    /// Sends text in UTF-8, like the bytes of it.
    @inlinable @inline(__always)
    public func send(_ text: String) {
        let bytes = Array(text.utf8)
        send(bytes.span)
    }

    /// Sends text in UTF-8 and waits until the kernel has taken it.
    ///
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func write(_ text: String) async throws {
        try await write(Array(text.utf8))
    }

    /// Sends what `body` sends together, at its end: few small packets become one.
    ///
    /// All of it counts towards ``unsentLimit``; ``flush()`` follows as after any send.
    ///
    /// - Throws: what `body` throws; what was gathered until then is sent all the same.
    @inlinable @inline(__always)
    public func corked<Result>(_ body: () throws -> Result) rethrows -> Result {
        try reference.core.corked(body)
    }

    /// Sends what is unsent, then tells the peer that nothing more will come.
    ///
    /// That is a close_notify over TLS, a FIN on a plain connection. Reading goes on.
    ///
    /// - Throws: ``ClientError``.
    @inlinable @inline(__always)
    public func finishSending() async throws {
        try await reference.core.finishSending()
    }

    /// Sends a whole part of a file.
    ///
    /// - Throws: as the long form does.
    @inlinable @inline(__always)
    public func sendFile(
        _ descriptor: CInt, from offset: Int, count: Int
    ) async throws -> Int {
        try await sendFile(descriptor, from: offset, count: count, after: [])
    }
}
