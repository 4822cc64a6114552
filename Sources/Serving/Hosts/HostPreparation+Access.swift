internal import Configuration

extension HostPreparation {
    /// Who may connect to a host; nil for everybody.
    mutating func access(of settings: HostSettings) throws(HostTrouble) -> AccessRules? {
        do throws(AccessTrouble) {
            let rules = try AccessRules(settings.access, sharing: &addressFiles)
            rules?.report(forCheck: purpose == .check, into: &result.diagnostics)
            return rules
        } catch {
            throw HostTrouble(.access, error.message, at: error.location)
        }
    }

    /// Gives a running host other lists.
    mutating func readmit(_ host: Host, _ settings: HostSettings) -> HostState {
        do throws(HostTrouble) {
            return .up(host.with(access: try access(of: settings)))
        } catch {
            return .down(error)
        }
    }
}
