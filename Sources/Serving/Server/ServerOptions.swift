package import Configuration
package import NetworkTypes
internal import Platform

/// The options for all hosts of a server: the settings of `[Server]`, within the limits of the machine.
package struct ServerOptions: Sendable {
    /// The settings of `[Server]`.
    package let settings: ServerSettings
    /// The number of event loops, one thread each.
    package var workers: Int
    /// The limit of clients, 0 for none.
    package var maxClients: Int
    /// Sent to each client before its handler starts; empty for none.
    package var banner: [UInt8]
    /// Sent to a plain client above ``maxClients``.
    package var bannerTooBusy: [UInt8]
    /// Listeners pause when a client gets a descriptor with this number or a higher one: the rest is for the
    /// journal, systemd and files.
    package var descriptorCeiling = CInt.max
    /// Asked for each client, with its address and the number of its listener; nil admits all.
    package var admits: (@Sendable (SocketAddress, UInt64) -> Bool)?
    /// The bytes that are read and discarded from a lingering client before it is closed.
    var lingerBytes = 1 << 30

    /// Creates options from settings alone, without the limits of the machine.
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

    /// The time for which the input of a client is read and discarded after the last output (linger).
    ///
    /// Without it, close(2) would reset the connection before the client reads the last output. Another
    /// period follows if input arrived: a client that uploads may only read after its whole upload.
    static let lingerTime = Duration.seconds(5)
    static let lingerPeriods = 6
    /// The same for a client whose host or server drains.
    static let lingerTimeDraining = Duration.seconds(1)
    /// The reads from a lingering client in a row, 1 MiB, before the loop serves other clients.
    static let lingerReads = 16
    /// How often the loop checks whether an aborted client has received its output.
    static let deliveryTime = Duration.milliseconds(50)
    static let deliveryPeriods = 20
    /// The refused clients that may linger on one loop; others are closed at once.
    package static let lingeringRefusals = 256
    /// How long a listener pauses when there is no descriptor for a client.
    static let pauseTime = Duration.milliseconds(100)
    /// The limit of handler jobs that run off the loops at a time, and of those that wait.
    static let threadsOffLoop = 16
    static let jobsOffLoop = 4_096
    /// The clients that are accepted before the loop serves connected ones.
    static let acceptBatch = 64
    /// Descriptors that are reserved for the rest of the program.
    package static let reservedDescriptors: CInt = 16
}
