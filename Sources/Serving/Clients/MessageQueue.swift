/// Messages that wait for a client, in order.
///
/// Small ones are joined: they cost no more memory than their bytes, and one system call.
struct MessageQueue {
    /// Messages are joined up to so many bytes.
    private static let joinedCount = 4_096

    private var messages: [[UInt8]] = []
    private var start = 0
    /// The bytes of all.
    private(set) var count = 0

    mutating func append(_ message: [UInt8]) {
        count += message.count
        if let last = messages.indices.last,
            messages[last].count + message.count <= MessageQueue.joinedCount
        {
            messages[last] += message
        } else {
            messages.append(message)
        }
    }

    mutating func popFirst() -> [UInt8]? {
        guard start < messages.count else { return nil }
        let first = messages[start]
        messages[start] = []
        start += 1
        count -= first.count
        if start == messages.count { self = MessageQueue() }
        return first
    }
}
