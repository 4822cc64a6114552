internal import COpenSSL

/// The `BIO` through which all sessions of one event loop read and write their sockets.
///
/// Theory of operation: a `BIO` per client costs 210 bytes and has nothing but a socket number. One loop runs
/// one libssl call at a time, so all its sessions share one `BIO`, and each call first sets its socket here.
/// In turn, the `BIO` reports two facts that libssl hides: whether the last `recv(2)` emptied the socket, and
/// the `errno` of a failed call. The port also passes the ClientHello callback's input and result.
///
/// Belongs to one thread; it must outlive the sessions created with it.
@safe package final class TLSPort {
    /// The input and the result of one libssl call.
    ///
    /// Behind a pointer, since class properties that two modules use cost a dynamic exclusivity check each.
    @safe struct Transfer {
        var socket: CInt = -1
        var drained = false
        /// The bytes that the call may still receive.
        var budget = 0
        var ended = false
        var errorNumber: CInt = 0
        /// The bytes that were received before the `SSL` existed.
        var offer: UnsafePointer<UInt8>?
        var offered = 0
        /// The socket has nothing after the offered bytes: no `recv(2)` is needed.
        var isEmptied = false
        unowned(unsafe) var port: TLSPort
    }

    /// The most bytes that one libssl call receives.
    ///
    /// libssl skips records without application data in a loop: without a limit, a peer that keeps sending
    /// KeyUpdates (RFC 8446, 4.6.3) would block the event loop.
    private static let budget = 65_536

    let transfer: UnsafeMutablePointer<Transfer>
    let bio: OpaquePointer

    /// Provides the keys of session tickets.
    let ticketKeys: any TicketKeySource

    /// Answers the ClientHello; set while a handshake call runs.
    var chooser: (any TLSIdentityChooser)?

    /// The refusal by the ClientHello callback of the running handshake call.
    var refusal: Refusal?

    /// The name in the ClientHello of the running handshake call.
    ///
    /// libssl itself stores the name only when the handshake continues.
    package internal(set) var askedName: String?

    /// The reason for refusing a ClientHello.
    enum Refusal {
        case unknownName(String?)
        case error(TLSError)
    }

    /// Creates the port of one event loop.
    package init(ticketKeys: any TicketKeySource) throws(TLSError) {
        TLSLibrary.start
        self.ticketKeys = ticketKeys
        guard let bio = unsafe BIO_new(PortMethod.shared.pointer) else {
            throw TLSError.fromQueue()
        }
        unsafe self.bio = bio
        unsafe transfer = .allocate(capacity: 1)
        unsafe transfer.initialize(to: Transfer(port: self))
        unsafe BIO_set_data(bio, transfer)
        unsafe BIO_set_init(bio, 1)
    }

    deinit {
        // A session that outlives its port then finds no socket instead of freed memory.
        unsafe BIO_set_data(bio, nil)
        _ = unsafe BIO_free(bio)
        unsafe transfer.deinitialize(count: 1)
        unsafe transfer.deallocate()
    }

    /// Whether the last session call emptied its socket.
    ///
    /// True only if that call itself had a short or empty `recv(2)`. A call that was served from libssl's
    /// buffer does not show the state of the socket; false then makes an edge-triggered caller read again.
    package var drained: Bool { unsafe transfer.pointee.drained }

    /// The port of the call that runs on `ssl`.
    static func serving(_ ssl: OpaquePointer?) -> TLSPort? {
        // SSL_get_rbio is always the port's BIO; the write side is wrapped during a handshake.
        guard let data = unsafe BIO_get_data(SSL_get_rbio(ssl)) else { return nil }
        return unsafe data.assumingMemoryBound(to: Transfer.self).pointee.port
    }

    /// Sets the socket of the next libssl call.
    func begin(on socket: CInt) {
        TLSError.discardQueue()
        unsafe transfer.pointee.socket = socket
        unsafe transfer.pointee.drained = false
        unsafe transfer.pointee.budget = Self.budget
        unsafe transfer.pointee.ended = false
        unsafe transfer.pointee.errorNumber = 0
    }

    /// Makes the next libssl call receive these bytes first.
    ///
    /// - Parameters:
    ///   - bytes: valid until ``withdrawOffer()``.
    ///   - isEmptied: whether they emptied the socket.
    func offer(_ bytes: UnsafeBufferPointer<UInt8>, isEmptied: Bool) {
        unsafe transfer.pointee.offer = bytes.baseAddress
        unsafe transfer.pointee.offered = bytes.count
        unsafe transfer.pointee.isEmptied = isEmptied
    }

    /// Removes the bytes that ``offer(_:isEmptied:)`` added.
    ///
    /// - Returns: how many of them were not received.
    func withdrawOffer() -> Int {
        defer {
            unsafe transfer.pointee.offer = nil
            unsafe transfer.pointee.offered = 0
            unsafe transfer.pointee.isEmptied = false
        }
        return unsafe transfer.pointee.offered
    }

    /// The `errno` of the last libssl call, 0 for none.
    var errorNumber: CInt { unsafe transfer.pointee.errorNumber }
}
