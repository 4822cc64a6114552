package import Configuration
internal import Platform

/// What holds for all hosts of a server: the settings of `[Server]`, and what the machine allows.
package struct ServerOptions: Sendable {
    /// The settings of `[Server]`.
    package let settings: ServerSettings
    /// Event loops, one thread each.
    package var workers: Int
    /// Clients at one time, 0 for no limit.
    package var maxClients: Int
    /// Sent to each client before its handler starts, empty for none.
    package var banner: [UInt8]
    /// Sent to a plain client beyond ``maxClients``.
    package var bannerTooBusy: [UInt8]
    /// Listeners wait when a client gets a descriptor with this number or a higher one: what is left
    /// is for the journal, systemd and files.
    package var descriptorCeiling = CInt.max
    /// Bytes that are thrown away of what comes from a client that was said goodbye to; then it is
    /// closed.
    var lingerBytes = 1 << 30

    /// The options of settings, as far as the machine does not decide them.
    package init(_ settings: ServerSettings) {
        self.settings = settings
        workers = settings.workers ?? Processors.usable
        maxClients = settings.maxClients ?? 0
        banner = ServerOptions.line(settings.banner)
        bannerTooBusy = ServerOptions.line(settings.bannerTooBusy)
    }

    private static func line(_ text: String) -> [UInt8] {
        text.isEmpty ? [] : Array("\(text)\r\n".utf8)
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
