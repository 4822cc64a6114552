internal import Synchronization

/// Numbers for the clients of one loop that no other client of this process has.
///
/// A loop takes them in blocks, so that a client costs no atomic operation.
struct ClientNumbers {
    private static let taken = Atomic<UInt64>(0)
    private static let blockSize: UInt64 = 64

    /// The last number that was used, and the last of the block.
    private var (last, end): (UInt64, UInt64) = (0, 0)

    mutating func next() -> UInt64 {
        if last == end {
            end = ClientNumbers.taken.add(ClientNumbers.blockSize, ordering: .relaxed).newValue
            last = end - ClientNumbers.blockSize
        }
        last += 1
        return last
    }
}
