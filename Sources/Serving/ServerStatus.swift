/// The live numbers of a server at one moment.
package struct ServerStatus: Hashable, Sendable {
    /// Clients that are connected now.
    package var clients = 0
    /// Clients accepted so far.
    package var accepted = 0
    /// Clients turned away so far.
    package var refused = 0
    /// TLS handshakes that came to nothing so far.
    package var handshakesFailed = 0
    /// Listeners that are open.
    package var listeners = 0
}
