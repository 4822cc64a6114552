/// How one target of a host is, such as a server that a proxy joins clients with: what `icshostd status`
/// shows of it.
public struct TargetStatus: Hashable, Sendable {
    /// The section of the configuration that names it.
    public var section: String
    /// Where it is, such as `www.example:443`.
    public var address: String
    /// Whether clients can be joined with it.
    public var state: State
    /// When it got into this state, in seconds since 1970; nil when it has not changed.
    public var since: Int?
    /// The clients that are with it now.
    public var clients: Int
    /// Whether it is there for when the others are down.
    public var isBackup: Bool

    /// What is known of a target.
    @nonexhaustive
    public enum State: String, Sendable {
        /// Clients are sent there.
        case up
        /// It could not be reached, again and again: the host is shown as degraded.
        case down
        /// Nobody has tried yet.
        case unknown
    }

    /// Joins what there is to say.
    public init(
        section: String, address: String, state: State, since: Int? = nil, clients: Int,
        isBackup: Bool = false
    ) {
        self.section = section
        self.address = address
        self.state = state
        self.since = since
        self.clients = clients
        self.isBackup = isBackup
    }
}
