package import Configuration
internal import Platform
package import TLS

/// The ticket keys of a server, which outlive every configuration that it serves.
///
/// Their own ones are random and change every twelve hours, so that what an attacker finds in memory
/// opens no older session. Those of a file (`SslTicketKeyFile`) change with the file.
package final class TicketKeyRing: TicketKeySource {
    /// How long a key seals new tickets; it opens them as long again.
    package static let rotationTime = Duration.seconds(12 * 3_600)

    private struct State {
        var keys: TicketKeys
        var isShared: Bool
    }

    private let state: Lock<State>

    /// Begins with keys of its own.
    package init() {
        state = Lock(State(keys: TicketKeys(), isShared: false))
    }

    /// The keys of this moment, from any thread.
    package var ticketKeys: TicketKeys { state.withLock { $0.keys } }

    /// Takes the keys of `SslTicketKeyFile`, or goes back to keys of its own.
    ///
    /// - Parameters:
    ///   - settings: what a configuration says; the same file is read again.
    ///   - diagnostics: takes what is wrong with the file; after an error the keys are unchanged.
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

    /// Tickets go on opening where there was no file before.
    private func forgetShared() {
        state.withLock { if $0.isShared { $0 = State(keys: TicketKeys(), isShared: false) } }
    }

    /// Seals with a new key from now on, unless the keys come from a file.
    package func rotate() {
        state.withLock { state in
            if !state.isShared { state.keys = state.keys.rotated() }
        }
    }
}
