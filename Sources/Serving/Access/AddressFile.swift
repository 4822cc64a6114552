internal import Configuration
internal import Limiting
internal import NetworkTypes
internal import Platform
internal import Synchronization
internal import TLS

/// A file of networks that `AllowFrom` or `DenyFrom` names, with the list that was read last.
///
/// All loops share it, and the thread `certificates` replaces the list as a whole. The lock is held for one look-up.
package final class AddressFile: Sendable {
    /// The path, as the key has it.
    package let path: String
    /// A number that no other file of this process has.
    let id: Int
    private let state: Lock<State>

    private struct State {
        var list: AddressList
        var stamp: FileStamp
    }

    private static let lastID = Atomic<Int>(0)

    /// Reads a file.
    ///
    /// - Throws: why it cannot be used.
    init(path: String) throws(AddressFileError) {
        self.path = path
        id = AddressFile.lastID.add(1, ordering: .relaxed).newValue
        // Before it is read: a change during the read counts as not read.
        let stamp = FileStamp(of: path)
        state = Lock(State(list: try AddressFile.read(path), stamp: stamp))
    }

    /// How many networks it has.
    package var count: Int { state.withLock { $0.list.count } }

    /// Whether the file has changed since it was read.
    var isOutdated: Bool { FileStamp(of: path) != state.withLock { $0.stamp } }

    /// The longest network that contains an address; from any thread.
    func match(_ address: IPAddress) -> AddressList.Match? {
        state.withLock { $0.list.match(address) }
    }

    /// Reads the file again, and uses its list from now on.
    ///
    /// - Returns: how many networks it had and has; nil where it has not changed since it was read.
    /// - Throws: why it cannot be used; then the list stays.
    func reload() throws(AddressFileError) -> (before: Int, now: Int)? {
        guard isOutdated else { return nil }
        let stamp = FileStamp(of: path)
        let list = try AddressFile.read(path)
        var state = State(list: list, stamp: stamp)
        // The old list is freed outside of the lock.
        self.state.withLock { swap(&$0, &state) }
        return (state.list.count, list.count)
    }

    private static func read(_ path: String) throws(AddressFileError) -> AddressList {
        let bytes: [UInt8]
        do throws(ConfigurationFileError) {
            bytes = try ConfigurationFile.read(path: path, as: .include)
        } catch {
            let remedy = error.reason == .forbidden ? FilePermission.remedy(for: path) : nil
            throw AddressFileError(
                message: "cannot read \"\(path.printable)\": \(error.problem)"
                    + (remedy.map { ": \($0)" } ?? ""))
        }
        let file = AddressListFile(bytes.span)
        guard let first = file.mistakes.first else { return file.list }
        let others = file.mistakeCount - 1
        throw AddressFileError(
            message: "\(path.printable):\(first.line):\(first.column): \(first.message.printable)"
                + (others > 0 ? ", and \(others.counted("more mistake"))" : ""))
    }
}

/// Why a file of networks cannot be used.
package struct AddressFileError: Error, Hashable, Sendable {
    /// With the place of the first mistake, and its remedy: no capital, no full stop.
    package let message: String
}
