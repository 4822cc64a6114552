/// What holds for all hosts of a server.
package struct ServerOptions: Sendable {
    /// Event loops, one thread each.
    package var workers: Int
    /// Clients the kernel queues for each listener.
    package var listenBacklog: Int
    /// Clients at one time, 0 for no limit.
    package var maxClients: Int
    /// Sent to each client before its handler starts, empty for none.
    package var banner: [UInt8]
    /// Sent to a plain client beyond ``maxClients``.
    package var bannerTooBusy: [UInt8]
    /// Listeners wait when a client gets a descriptor with this number or a higher one: what is left
    /// is for the journal, systemd and files.
    package var descriptorCeiling = CInt.max
    /// How long a TLS handshake may take.
    package var handshakeTimeout: Duration
    /// How long a client may take for what is still unsent when its handler is done.
    package var drainTimeout: Duration
    /// Bytes that are thrown away of what comes from a client that was said goodbye to; then it is
    /// closed.
    var lingerBytes = 1 << 30

    /// Sets each.
    package init(
        workers: Int, listenBacklog: Int, maxClients: Int, banner: [UInt8], bannerTooBusy: [UInt8],
        handshakeTimeout: Duration, drainTimeout: Duration
    ) {
        self.workers = workers
        self.listenBacklog = listenBacklog
        self.maxClients = maxClients
        self.banner = banner
        self.bannerTooBusy = bannerTooBusy
        self.handshakeTimeout = handshakeTimeout
        self.drainTimeout = drainTimeout
    }

    /// A period in which what comes from a client that was said goodbye to is thrown away.
    ///
    /// The close would reset the connection under the last words otherwise. Another one follows if
    /// something came in it: a client that uploads may read them after all of its upload.
    static let lingerTime = Duration.seconds(5)
    static let lingerPeriods = 6
    /// A period of a client whose host or server drains.
    static let lingerTimeDraining = Duration.seconds(1)
    /// Reads of it in a row, 1 MiB, before the others of the loop have their turn.
    static let lingerReads = 16
    /// A client that is broken off is looked at so often, until it has what it was sent.
    static let deliveryTime = Duration.milliseconds(50)
    static let deliveryPeriods = 20
    /// Clients turned away that may linger on one loop; the next are closed at once.
    package static let lingeringRefusals = 256
    /// How long a listener rests when there is no descriptor left for a client.
    static let pauseTime = Duration.milliseconds(100)
    /// Jobs of handlers that run off the loops at a time, and that wait for that.
    static let threadsOffLoop = 16
    static let jobsOffLoop = 4_096
    /// Clients accepted before the loop looks at those it has.
    static let acceptBatch = 64
    /// Descriptors that clients leave to the rest of the program.
    package static let reservedDescriptors: CInt = 16
}
