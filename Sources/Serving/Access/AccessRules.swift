internal import Configuration
package import HandlerAPI
internal import Limiting
package import NetworkTypes

/// `AllowFrom` and `DenyFrom` of one section, with their lists: who may connect.
///
/// It never changes, but the lists of its files do (``AddressFile``).
package final class AccessRules: Sendable {
    private let allowed: AccessKey?
    private let denied: AccessKey?

    /// The files that were read so far, by their paths.
    typealias Files = [String: Result<AddressFile, AddressFileError>]

    /// Reads the files of a section; nil where everybody is admitted.
    ///
    /// - Parameters:
    ///   - settings: the keys of the section.
    ///   - files: files that were read before, which are shared; receives new ones.
    /// - Throws: the first entry whose file cannot be used.
    init?(_ settings: AccessSettings, sharing files: inout Files) throws(AccessTrouble) {
        guard !settings.isEmpty else { return nil }
        allowed = try AccessKey("AllowFrom", settings.allowed, &files)
        denied = try AccessKey("DenyFrom", settings.denied, &files)
    }

    /// Why a client may not connect, or nil for one that may; from any thread.
    ///
    /// The longest network decides, the one of `DenyFrom` if both are of the same length. Who is in neither list may
    /// connect where `AllowFrom` is not set. The peer of a unix socket may always.
    package func refusal(of address: IPAddress) -> AccessRefusal? {
        guard address.family != .unix else { return nil }
        let deny = denied?.match(address)
        let allow = allowed?.match(address)
        let verdict = AddressVerdict(
            allowed: allow?.length, denied: deny?.length, hasAllowed: allowed != nil)
        switch (verdict, denied, deny, allowed) {
        case (.denied, let key?, let match?, _):
            return AccessRefusal(limit: key.name, place: key.place(of: match), isListed: true)
        case (.unlisted, _, _, let key?):
            return AccessRefusal(limit: key.name, place: key.place, isListed: false)
        default:
            return nil
        }
    }

    /// The files of both keys.
    package var files: [AddressFile] { keys.flatMap(\.files) }

    private var keys: [AccessKey] { [allowed, denied].compactMap(\.self) }

    /// Reports files without a network that admit nobody and, for a check, how many the others have.
    func report(forCheck: Bool, into diagnostics: inout Diagnostics) {
        for key in keys {
            for (entry, file) in zip(key.fileEntries, key.files) {
                let count = file.count
                let what = "\(key.name): \"\(file.path.printable)\" has"
                if count == 0, key.name == allowed?.name {
                    diagnostics.warn(
                        at: entry.location, "\(what) no network, and so admits nobody")
                } else if forCheck {
                    diagnostics.note(
                        at: entry.location, "\(what) \(count.counted("network"))")
                }
            }
        }
    }
}

/// One key with its entries.
private struct AccessKey: Sendable {
    let name: String
    private let entries: [Located<AddressEntry>]
    /// The entries that are no files; its lines are positions in ``places``.
    private let list: AddressList
    private let places: [SourceLocation]
    let files: [AddressFile]

    /// The longest network that contains an address.
    struct Match {
        let length: Int
        let line: Int
        /// Its file; nil for an entry of the key.
        let file: AddressFile?
    }

    init?(
        _ name: String, _ entries: [Located<AddressEntry>], _ files: inout AccessRules.Files
    ) throws(AccessTrouble) {
        guard !entries.isEmpty else { return nil }
        (self.name, self.entries) = (name, entries)
        var (networks, places, lists): ([IPNetwork], [SourceLocation], [AddressFile]) = ([], [], [])
        for entry in entries {
            switch entry.value {
            case .network(let network):
                networks.append(network)
                places.append(entry.location)
            case .file(let path):
                let result = files[path] ?? Self.read(path)
                files[path] = result
                do throws(AddressFileError) {
                    lists.append(try result.get())
                } catch {
                    throw AccessTrouble(
                        location: entry.location, message: "\(name): \(error.message)")
                }
            }
        }
        list = AddressList(networks)
        (self.places, self.files) = (places, lists)
    }

    private static func read(_ path: String) -> Result<AddressFile, AddressFileError> {
        Result { () throws(AddressFileError) in try AddressFile(path: path) }
    }

    func match(_ address: IPAddress) -> Match? {
        var best = list.match(address).map { Match(length: $0.length, line: $0.line, file: nil) }
        for file in files {
            guard let match = file.match(address), match.length > best?.length ?? -1 else {
                continue
            }
            best = Match(length: match.length, line: match.line, file: file)
        }
        return best
    }

    /// Where a network is given: `FILE:LINE`.
    func place(of match: Match) -> String {
        match.file.map { "\($0.path):\(match.line)" } ?? places[match.line - 1].fileAndLine
    }

    /// The entries of ``files``.
    var fileEntries: [Located<AddressEntry>] { entries.filter { $0.value.path != nil } }

    /// Where the key begins.
    var place: String { entries.first?.location.fileAndLine ?? "" }
}

/// Why a client may not connect.
package struct AccessRefusal: Error, Hashable, Sendable {
    /// The key that refuses it.
    package let limit: String
    /// Where that is set, or the line of the list: `FILE:LINE`.
    package let place: String
    /// Whether a list has its address, or `AllowFrom` lacks it.
    let isListed: Bool
    /// As the record of the client has it.
    package var reason = CloseReason.addressDenied
}

extension AccessRefusal: CustomStringConvertible {
    /// To follow what has happened to the client.
    package var description: String {
        isListed ? "\(limit) has it (\(place))" : "\(limit) does not have it (\(place))"
    }
}

/// An entry of `AllowFrom` or `DenyFrom` that cannot be used.
struct AccessTrouble: Error {
    let location: SourceLocation
    let message: String
}
