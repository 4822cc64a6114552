/// Swift jobs that wait for their turn on one loop: a ring that grows.
///
/// Scalar fields over raw storage for the reason given at ``SourceTable``.
@safe final class JobQueue {
    private var storage: UnsafeMutablePointer<UnownedJob>
    private var capacity = 64
    private var head = 0
    private(set) var count = 0

    init() {
        unsafe storage = .allocate(capacity: capacity)
    }

    deinit {
        unsafe storage.deallocate()
    }

    func append(_ job: UnownedJob) {
        if count == capacity { grow() }
        unsafe (storage + ((head + count) & (capacity - 1))).initialize(to: job)
        count += 1
    }

    func popFirst() -> UnownedJob? {
        guard count > 0 else { return nil }
        let job = unsafe (storage + head).pointee
        head = (head + 1) & (capacity - 1)
        count -= 1
        return job
    }

    private func grow() {
        let larger = UnsafeMutablePointer<UnownedJob>.allocate(capacity: capacity * 2)
        for offset in 0..<count {
            let job = unsafe (storage + ((head + offset) & (capacity - 1))).pointee
            unsafe (larger + offset).initialize(to: job)
        }
        unsafe storage.deallocate()
        unsafe storage = larger
        capacity *= 2
        head = 0
    }
}
