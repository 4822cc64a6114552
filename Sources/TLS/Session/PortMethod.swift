internal import COpenSSL
internal import Glibc

/// The `BIO_METHOD` of every `TLSPort`: `recv(2)` and `send(2)` on the port's current socket.
@safe final class PortMethod: Sendable {
    static let shared = PortMethod()

    // Written in init only, and static: shared by threads, never freed.
    nonisolated(unsafe) let pointer: OpaquePointer

    private init() {
        let type = BIO_TYPE_SOURCE_SINK | BIO_get_new_index()
        guard let pointer = unsafe BIO_meth_new(type, "loop socket") else {
            preconditionFailure("out of memory")
        }
        _ = unsafe BIO_meth_set_read_ex(pointer, receive)
        _ = unsafe BIO_meth_set_write_ex(pointer, transmit)
        _ = unsafe BIO_meth_set_ctrl(pointer, control)
        unsafe self.pointer = pointer
    }
}

private func transfer(of bio: OpaquePointer?) -> UnsafeMutablePointer<TLSPort.Transfer>? {
    unsafe BIO_get_data(bio)?.assumingMemoryBound(to: TLSPort.Transfer.self)
}

private func receive(
    bio: OpaquePointer?, buffer: UnsafeMutablePointer<CChar>?, size: Int,
    received: UnsafeMutablePointer<Int>?
) -> CInt {
    guard let transfer = unsafe transfer(of: bio) else { return 0 }
    unsafe copenssl_bio_clear_retry(bio)
    if unsafe transfer.pointee.offer != nil {
        if unsafe transfer.pointee.offered > 0 {
            unsafe received?.pointee = takeOffer(transfer, buffer, size)
            return 1
        }
        if unsafe transfer.pointee.isEmptied {
            // Later bytes cause a new readiness event.
            unsafe transfer.pointee.drained = true
            unsafe copenssl_bio_set_retry_read(bio)
            return 0
        }
    }
    guard unsafe transfer.pointee.budget > 0 else {
        // Not empty, only more than one call may receive: `drained` stays false.
        unsafe transfer.pointee.drained = false
        unsafe copenssl_bio_set_retry_read(bio)
        return 0
    }
    var count: Int
    repeat {
        count = unsafe recv(transfer.pointee.socket, buffer, size, 0)
    } while count < 0 && errno == EINTR
    unsafe transfer.pointee.drained = count < size
    guard count <= 0 else {
        unsafe transfer.pointee.budget -= count
        unsafe received?.pointee = count
        return 1
    }
    if count == 0 {
        unsafe transfer.pointee.ended = true
    } else if errno == EAGAIN || errno == EWOULDBLOCK {
        unsafe copenssl_bio_set_retry_read(bio)
    } else {
        unsafe transfer.pointee.errorNumber = errno
    }
    return 0
}

/// Copies bytes that were received before the call; returns the number.
private func takeOffer(
    _ transfer: UnsafeMutablePointer<TLSPort.Transfer>, _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int
) -> Int {
    guard let buffer = unsafe buffer, let offer = unsafe transfer.pointee.offer else { return 0 }
    let count = unsafe min(size, transfer.pointee.offered)
    unsafe memcpy(buffer, offer, count)
    unsafe transfer.pointee.offer = offer + count
    unsafe transfer.pointee.offered -= count
    return count
}

private func transmit(
    bio: OpaquePointer?, buffer: UnsafePointer<CChar>?, size: Int,
    sent: UnsafeMutablePointer<Int>?
) -> CInt {
    guard let transfer = unsafe transfer(of: bio) else { return 0 }
    unsafe copenssl_bio_clear_retry(bio)
    var count: Int
    repeat {
        count = unsafe send(transfer.pointee.socket, buffer, size, CInt(MSG_NOSIGNAL))
    } while count < 0 && errno == EINTR
    guard count < 0 else {
        unsafe sent?.pointee = count
        return 1
    }
    if errno == EAGAIN || errno == EWOULDBLOCK {
        unsafe copenssl_bio_set_retry_write(bio)
    } else {
        unsafe transfer.pointee.errorNumber = errno
    }
    return 0
}

private func control(
    bio: OpaquePointer?, command: CInt, number: Int, pointer: UnsafeMutableRawPointer?
) -> Int {
    switch command {
    // Nothing is buffered here, so a flush always succeeds at once.
    case BIO_CTRL_FLUSH: 1
    // libssl distinguishes end of file from an error by this.
    case BIO_CTRL_EOF: unsafe transfer(of: bio)?.pointee.ended == true ? 1 : 0
    default: 0
    }
}
