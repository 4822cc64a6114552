package import Configuration

/// Why a host is down.
package struct HostTrouble: Error, Sendable {
    /// What kind of trouble it is, which decides what `check` makes of it.
    package enum Kind: Sendable {
        /// A mistake of the file that only a handler or OpenSSL could find: the start and a reload fail.
        case mistake
        /// Certificate or key; a host with a plain port serves there all the same.
        case certificate
        /// Authorities and revocation lists of clients.
        case trust
        /// A file of `AllowFrom` or `DenyFrom`.
        case access
        /// The handler is unknown or did not start.
        case handler
        /// A path of Windows that `[PathMap]` does not map.
        case path
        /// The file requires a feature that is missing; clients would reach the wrong place.
        case feature
        /// The address cannot be listened on for another reason than the two below: a permission or a
        /// directory is missing.
        case address
        /// Another program has the port.
        case taken
        /// The address or the interface is not on this machine, and may come by itself: one of DHCP,
        /// or one that moves between machines.
        case awaited
    }

    /// The kind.
    package let kind: Kind
    /// What is wrong: no capital, no period.
    package let message: String
    /// The value in the configuration that the trouble comes from.
    package let location: SourceLocation
    /// The `errno` value of the system call that failed; nil for another reason.
    package let errorNumber: Int32?

    /// Describes a trouble.
    package init(
        _ kind: Kind, _ message: String, at location: SourceLocation, errorNumber: Int32? = nil
    ) {
        self.errorNumber = errorNumber
        self.kind = kind
        self.message = message
        self.location = location
    }

    /// Takes one that the file shows by itself.
    package init(_ trouble: SectionTrouble) {
        self.init(
            trouble.kind == .path ? .path : .feature, trouble.message, at: trouble.location)
    }
}
