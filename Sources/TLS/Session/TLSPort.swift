internal import COpenSSL

/// The door through which all sessions of one event loop reach their sockets.
///
/// Theory of operation: a `BIO` per client costs 210 bytes and holds nothing but a socket number.
/// One loop runs one libssl call at a time, so all its sessions share one `BIO`, and each call
/// first notes here which socket it is about. The `BIO` in turn reports what libssl hides:
/// whether the last `recv(2)` emptied the socket, and the `errno` of a failed call. The port also
/// carries the ClientHello callback's question and answer.
///
/// Belongs to one thread; it must outlive the sessions made with it.
@safe package final class TLSPort {
    /// What one libssl call is about and what it met; behind a pointer, since class properties
    /// used from two modules cost a dynamic exclusivity check each.
    @safe struct Transfer {
        var socket: CInt = -1
        var drained = false
        /// Bytes the call may still receive.
        var budget = 0
        var ended = false
        var errorNumber: CInt = 0
        /// What was received before libssl was there to receive it.
        var offer: UnsafePointer<UInt8>?
        var offered = 0
        /// The offer is all that has come: no need to ask the kernel for more.
        var isEmptied = false
        unowned(unsafe) var port: TLSPort
    }

    /// The most bytes one libssl call receives.
    ///
    /// libssl reads on through records that hold nothing for us: without a limit a peer that sends
    /// KeyUpdates (RFC 8446, 4.6.3) without end would keep the loop for itself.
    private static let budget = 65_536

    let transfer: UnsafeMutablePointer<Transfer>
    let bio: OpaquePointer

    /// Who has the keys of session tickets.
    let ticketKeys: any TicketKeySource

    /// Who answers the ClientHello; set while a handshake call runs.
    var chooser: (any TLSIdentityChooser)?

    /// What the ClientHello callback of the running handshake call decided, when it declined.
    var refusal: Refusal?

    /// The name in the ClientHello of the running handshake call, which libssl itself takes note of
    /// only when it goes on with the handshake.
    package internal(set) var askedName: String?

    /// Why a ClientHello was declined.
    enum Refusal {
        case unknownName(String?)
        case error(TLSError)
    }

    /// Makes the port of one event loop.
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
        // A session that outlives its port finds no socket rather than freed memory.
        unsafe BIO_set_data(bio, nil)
        _ = unsafe BIO_free(bio)
        unsafe transfer.deinitialize(count: 1)
        unsafe transfer.deallocate()
    }

    /// Whether the last session call emptied its socket.
    ///
    /// True only if that call itself saw a short or empty `recv(2)`; a call that was served from
    /// libssl's own buffer says nothing about the socket, and false here makes an edge-triggered
    /// caller look again.
    package var drained: Bool { unsafe transfer.pointee.drained }

    /// The port of the call that runs on `ssl`.
    static func serving(_ ssl: OpaquePointer?) -> TLSPort? {
        // SSL_get_rbio is the port's BIO throughout; the write side is wrapped during a handshake.
        guard let data = unsafe BIO_get_data(SSL_get_rbio(ssl)) else { return nil }
        return unsafe data.assumingMemoryBound(to: Transfer.self).pointee.port
    }

    /// Notes the socket of the libssl call that follows.
    func begin(on socket: CInt) {
        TLSError.discardQueue()
        unsafe transfer.pointee.socket = socket
        unsafe transfer.pointee.drained = false
        unsafe transfer.pointee.budget = Self.budget
        unsafe transfer.pointee.ended = false
        unsafe transfer.pointee.errorNumber = 0
    }

    /// Lets the libssl call that follows receive these bytes first.
    ///
    /// - Parameters:
    ///   - bytes: valid until ``withdrawOffer()``.
    ///   - isEmptied: whether the socket had nothing more when they were received.
    func offer(_ bytes: UnsafeBufferPointer<UInt8>, isEmptied: Bool) {
        unsafe transfer.pointee.offer = bytes.baseAddress
        unsafe transfer.pointee.offered = bytes.count
        unsafe transfer.pointee.isEmptied = isEmptied
    }

    /// Ends what ``offer(_:isEmptied:)`` began.
    ///
    /// - Returns: how many of the bytes nobody has received.
    func withdrawOffer() -> Int {
        defer {
            unsafe transfer.pointee.offer = nil
            unsafe transfer.pointee.offered = 0
            unsafe transfer.pointee.isEmptied = false
        }
        return unsafe transfer.pointee.offered
    }

    /// The system error the last libssl call met, 0 for none.
    var errorNumber: CInt { unsafe transfer.pointee.errorNumber }
}
