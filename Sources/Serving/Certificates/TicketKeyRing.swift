package import Configuration
internal import Platform
package import TLS

/// The ticket keys of a server, which outlive its configurations.
///
/// The server's own keys are random and rotated every twelve hours, so that keys that an attacker finds in
/// memory open no older session. Those of a file (`SslTicketKeyFile`) change with the file.
package final class TicketKeyRing: TicketKeySource {
    /// How long a key seals new tickets; it opens them for the same time after that.
    package static let rotationTime = Duration.seconds(12 * 3_600)

    private struct State {
        var keys: TicketKeys
        var isShared: Bool
    }

    private let state: Lock<State>

    /// Creates a random key.
    package init() {
        state = Lock(State(keys: TicketKeys(), isShared: false))
    }

    /// The current keys; from any thread.
    package var ticketKeys: TicketKeys { state.withLock { $0.keys } }

    /// Reads the keys of `SslTicketKeyFile`, or returns to random keys.
    ///
    /// - Parameters:
    ///   - settings: the settings of a configuration; the same file is read again.
    ///   - diagnostics: receives the problems of the file; after an error the keys are unchanged.
    package func use(_ settings: ServerSettings, into diagnostics: inout Diagnostics) {
        guard let file = settings.ticketKeyFile else { return forgetShared() }
        do throws(TLSError) {
            let (keys, isExposed) = try TicketKeys.read(file.value)
            if isExposed {
                diagnostics.warn(
                    at: file.location,
                    "every user of this machine can read \(file.value.quoted), and decrypt the sessions"
                        + " of all clients: chmod o-rwx")
            }
            state.withLock { $0 = State(keys: keys, isShared: true) }
        } catch {
            diagnostics.error(at: file.location, "SslTicketKeyFile: \(error.message)")
        }
    }

    /// Returns to random keys; earlier tickets still open if there was no file before.
    private func forgetShared() {
        state.withLock { if $0.isShared { $0 = State(keys: TicketKeys(), isShared: false) } }
    }

    /// Rotates the key, unless the keys come from a file.
    package func rotate() {
        state.withLock { state in
            if !state.isShared { state.keys = state.keys.rotated() }
        }
    }
}
