internal import Configuration
internal import Glibc
internal import NetworkTypes

/// The process that has a port, as far as this user may see it (proc(5)).
struct PortHolder {
    let process: Int
    let name: String

    /// Finds who listens on a TCP port of an address, or of every address of its family.
    ///
    /// - Returns: nil when nobody does, it cannot be seen, or it is this process.
    static func find(_ address: SocketAddress) -> PortHolder? {
        let inodes = inodes(listeningOn: address.port, address.ip.family)
        guard !inodes.isEmpty else { return nil }
        for directory in Surroundings.Files.disk.list("/proc/[0-9]*") {
            guard let process = Int(directory.dropFirst("/proc/".count)), process != getpid()
            else { continue }
            let files = Surroundings.Files.disk.list("\(directory)/fd/*")
            guard files.contains(where: { inodes.contains(target(of: $0) ?? "") }) else { continue }
            return PortHolder(process: process, name: text(of: "\(directory)/comm"))
        }
        return nil
    }

    /// The sockets that listen on a port, as the links of file descriptors name them.
    private static func inodes(
        listeningOn port: UInt16, _ family: IPAddress.Family
    ) -> Set<String> {
        let table = text(of: family == .v4 ? "/proc/net/tcp" : "/proc/net/tcp6")
        var inodes: Set<String> = []
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            let listening = "0A"
            guard fields.count > 9, fields[3] == listening,
                let colon = fields[1].lastIndex(of: ":"),
                UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
            else { continue }
            inodes.insert("socket:[\(fields[9])]")
        }
        return inodes
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(of path: String) -> String {
        let bytes = (try? ConfigurationFile.read(path: path)) ?? []
        let text = String(decoding: bytes, as: UTF8.self)
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}
