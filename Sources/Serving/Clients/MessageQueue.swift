internal import Platform

/// Messages that wait for a client, in order.
///
/// Small ones are joined: they cost no more memory than their bytes, and one system call.
struct MessageQueue {
    /// Messages are joined up to so many bytes.
    private static let joinedCount = 4_096

    private var messages = Queue<[UInt8]>()
    /// The bytes of all.
    private(set) var count = 0

    mutating func append(_ message: [UInt8]) {
        count += message.count
        if let lastCount = messages.last?.count,
            lastCount + message.count <= MessageQueue.joinedCount
        {
            messages.changeLast { $0.append(contentsOf: message) }
        } else {
            messages.append(message)
        }
    }

    mutating func popFirst() -> [UInt8]? {
        let first = messages.popFirst()
        count -= first?.count ?? 0
        return first
    }
}
