extension Client {
    /// Runs two pieces of work with the client at the same time, such as one that reads commands and one
    /// that sends what others say; both run on the client's loop.
    ///
    /// ```swift
    /// try await client.alongside {
    ///     for await message in messages { try await client.write(message) }
    /// } _: {
    ///     for try await line in client.lines() { room.say(line) }
    /// }
    /// ```
    ///
    /// When either throws, the other is cancelled, and so are both when the client's task is: each wait on
    /// the client throws ``ClientError/cancelled`` then. One of them may read and one write at a time.
    ///
    /// - Parameters:
    ///   - other: the work beside `body`.
    ///   - waitsForBoth: whether `other` runs to its end; false cancels it when `body` returns.
    ///   - body: the work that decides how long this takes.
    /// - Returns: what `body` returns, once both have ended.
    /// - Throws: what either throws; not what `other` throws because it was cancelled.
    public func alongside<Result>(
        _ other: @escaping @concurrent () async throws -> Void, waitsForBoth: Bool = false,
        _ body: @escaping @concurrent () async throws -> Result
    ) async throws -> Result {
        let (other, body) = (Confined(other), Confined(body))
        return try await withThrowingTaskGroup(of: Confined<Result>?.self) { group in
            group.addTask {
                try await other.value()
                return nil
            }
            group.addTask { Confined(try await body.value()) }
            var result: Confined<Result>?
            while let finished = try await group.next() {
                result = result ?? finished
                guard let result, !waitsForBoth else { continue }
                group.cancelAll()
                return result.value
            }
            guard let result else { throw ClientError.cancelled }
            return result.value
        }
    }
}

/// A value that passes between tasks of one thread.
private struct Confined<Value>: @unchecked Sendable {
    // Sendable because the children of a client's task run on the client's loop, as that task does.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
