package import Configuration
internal import NetworkTypes
internal import Platform
internal import Synchronization

/// `AllowFrom` and `DenyFrom` of `[Server]`, which all loops ask when they accept a client.
package final class ServerAccess: Sendable {
    private let rules = Lock<AccessRules?>(nil)
    /// Whether there are rules: most servers have none.
    private let hasRules = Atomic<Bool>(false)

    /// Whether a large list was read, and ``takeGarbage()`` has not said so.
    private let hasGarbage = Atomic<Bool>(false)

    /// Admits everybody.
    package init() {}

    /// Reads the files of a configuration.
    ///
    /// - Parameters:
    ///   - settings: the settings; the same files are read again.
    ///   - purpose: whether the sizes of the lists are reported.
    ///   - diagnostics: receives the entry whose file cannot be used, and the reason.
    /// - Returns: the rules for ``use(_:)``; nil where everybody is admitted.
    package static func rules(
        of settings: ServerSettings, for purpose: HostPreparation.Purpose,
        into diagnostics: inout Diagnostics
    ) -> AccessRules? {
        var files = AccessRules.Files()
        do throws(AccessTrouble) {
            let rules = try AccessRules(settings.access, sharing: &files)
            rules?.report(forCheck: purpose == .check, into: &diagnostics)
            return rules
        } catch {
            diagnostics.error(at: error.location, error.message)
            return nil
        }
    }

    /// Judges new clients by other rules from now on, or admits everybody for nil; from any thread.
    package func use(_ new: AccessRules?) {
        rules.withLock { $0 = new }
        hasRules.store(new != nil, ordering: .relaxed)
    }

    /// Notes that the text of a large list, or the list before it, is no longer needed.
    func noteGarbage() { hasGarbage.store(true, ordering: .relaxed) }

    /// Whether a large list was read since the last call, which is a reason to return memory to the kernel.
    package func takeGarbage() -> Bool { hasGarbage.exchange(false, ordering: .relaxed) }

    /// The files of the rules.
    var files: [AddressFile] { rules.withLock { $0 }?.files ?? [] }

    /// Why a client may not connect; nil for one that may.
    func refusal(of address: IPAddress) -> AccessRefusal? {
        guard hasRules.load(ordering: .relaxed) else { return nil }
        return rules.withLock { $0 }?.refusal(of: address)
    }
}
