internal import COpenSSL

/// The session that the next connection of a context tries to resume; shared by all loops.
@safe final class NewestSession: Sendable {
    // Both pointers are written in init only; `slot` points to memory that `lock` guards.
    nonisolated(unsafe) private let lock: OpaquePointer
    nonisolated(unsafe) private let slot: UnsafeMutablePointer<OpaquePointer?>

    init() throws(TLSError) {
        guard let lock = unsafe CRYPTO_THREAD_lock_new() else { throw .fromQueue() }
        unsafe self.lock = OpaquePointer(lock)
        unsafe slot = .allocate(capacity: 1)
        unsafe slot.initialize(to: nil)
    }

    deinit {
        unsafe SSL_SESSION_free(slot.pointee)
        unsafe slot.deallocate()
        unsafe CRYPTO_THREAD_lock_free(UnsafeMutableRawPointer(lock))
    }

    /// Stores a session and takes over the callback's reference.
    func keep(_ session: OpaquePointer?) {
        let old = unsafe exchange(session)
        unsafe SSL_SESSION_free(old)
    }

    /// Sets the session on `ssl`, to be resumed.
    func offer(to ssl: OpaquePointer) {
        _ = unsafe CRYPTO_THREAD_write_lock(UnsafeMutableRawPointer(lock))
        defer { _ = unsafe CRYPTO_THREAD_unlock(UnsafeMutableRawPointer(lock)) }
        guard let session = unsafe slot.pointee, unsafe SSL_SESSION_is_resumable(session) == 1
        else { return }
        // Retains the session.
        _ = unsafe SSL_set_session(ssl, session)
    }

    private func exchange(_ session: OpaquePointer?) -> OpaquePointer? {
        _ = unsafe CRYPTO_THREAD_write_lock(UnsafeMutableRawPointer(lock))
        defer { _ = unsafe CRYPTO_THREAD_unlock(UnsafeMutableRawPointer(lock)) }
        let old = unsafe slot.pointee
        unsafe slot.pointee = session
        return unsafe old
    }
}
