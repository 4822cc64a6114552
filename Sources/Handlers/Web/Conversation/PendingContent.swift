internal import HTTP
internal import HandlerAPI

/// A request whose content is read and discarded before it is answered.
final class PendingContent {
    let head: RequestHead
    /// The bytes of the head.
    let bytes: [UInt8]
    private var decoder: ContentDecoder
    private let limits: SiteLimits

    /// Begins after the content that arrived with the head.
    init(_ head: RequestHead, _ bytes: [UInt8], _ decoder: ContentDecoder, _ limits: SiteLimits) {
        (self.head, self.bytes, self.decoder, self.limits) = (head, bytes, decoder, limits)
    }

    /// Reads the content to its end, within the time that the site allows.
    ///
    /// - Throws: ``ClientError``, ``RequestFault``.
    /// - Returns: false when the client has ended its side.
    func read(from client: Client) async throws -> Bool {
        let begin = ContinuousClock.now
        while !decoder.isDone {
            client.setDeadline(after: timeLeft(since: begin))
            let isOpen = try await client.read { bytes in try consume(bytes, client) }
            guard isOpen else { return false }
        }
        return true
    }

    private func consume(_ bytes: Span<UInt8>, _ client: Client) throws {
        let taken = try decoder.consume(bytes)
        try PendingContent.check(decoder, limits)
        if taken < bytes.count { client.putBack(bytes.extracting(droppingFirst: taken)) }
    }

    /// Refuses content that is longer than the site allows; extensions of chunks count as content.
    static func check(_ decoder: ContentDecoder, _ limits: SiteLimits) throws(RequestFault) {
        // In range: at most as many bytes as have been received.
        guard decoder.count + decoder.extensionCount <= limits.content else {
            throw .contentTooLarge
        }
    }

    private func timeLeft(since begin: ContinuousClock.Instant) -> Duration {
        guard limits.contentRate > 0 else { return limits.transfer }
        // In range: as much content as MaxUploadMB allows, 2^40 bytes.
        let earned = Duration.milliseconds(decoder.count * 1_000 / limits.contentRate)
        // In range: 2^50 ms, and a Duration has 128 bits.
        let left = limits.head + earned - (ContinuousClock.now - begin)
        return max(.zero, min(left, limits.transfer))
    }
}
