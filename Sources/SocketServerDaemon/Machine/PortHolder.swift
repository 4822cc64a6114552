internal import Configuration
internal import Glibc
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// A process with a listening socket, as far as this user may inspect it (proc(5)).
struct PortHolder: Hashable {
    let process: Int
    let name: String
    /// The configuration file of a process that is a daemon of this program.
    let configuration: String?
    /// Whether it is a daemon with the same configuration file.
    let isOurs: Bool

    /// Whether it is a daemon of this program.
    var isDaemon: Bool { configuration != nil }
    /// Whether it is the service manager, which listens for socket units.
    var isManager: Bool { process == 1 }
}

/// The processes that listen, from one walk through /proc.
struct PortHolders {
    /// The processes of each socket, by inode.
    private let holders: [String: [PortHolder]]
    /// A running daemon, preferably with the same configuration file.
    let daemon: PortHolder?

    /// Inspects all processes.
    ///
    /// - Parameter configuration: the configuration file.
    init(configuration: String) {
        let identity = Surroundings.Files.disk.identity(configuration)
        var holders: [String: [PortHolder]] = [:]
        var daemons: [PortHolder] = []
        for directory in Surroundings.Files.disk.list("/proc/[0-9]*") {
            guard let process = Int(directory.dropFirst("/proc/".count)), process != getpid()
            else { continue }
            let served = Self.configuration(ofDaemon: directory)
            let holder = PortHolder(
                process: process, name: Self.text(of: "\(directory)/comm"), configuration: served,
                isOurs: served == identity)
            if holder.isDaemon { daemons.append(holder) }
            // The files of other users' processes cannot be seen.
            for file in Surroundings.Files.disk.list("\(directory)/fd/*") {
                guard let target = Self.target(of: file), target.hasPrefix("socket:[") else {
                    continue
                }
                holders[target, default: []].append(holder)
            }
        }
        self.holders = holders
        daemon = daemons.first(where: \.isOurs) ?? daemons.first
    }

    /// The processes that listen on an endpoint, or on one that conflicts with it; empty where they are
    /// not visible.
    func holders(of endpoint: Endpoint) -> [PortHolder] {
        Self.inodes(listeningOn: endpoint).flatMap { holders["socket:[\($0)]", default: []] }
    }

    /// Whether a process listens on a unix socket; visible to every user.
    static func isListening(at address: UnixAddress) -> Bool {
        !inodes(listeningOn: .unix(address)).isEmpty
    }

    /// The configuration file of a daemon, without links; nil for other processes.
    private static func configuration(ofDaemon directory: String) -> String? {
        let name = text(of: "\(directory)/comm")
        guard !name.isEmpty, name == text(of: "/proc/self/comm") else { return nil }
        let words = text(of: "\(directory)/cmdline").split(separator: "\0").dropFirst()
        guard words.first == "run" else { return nil }
        let flag = "--config"
        var path = Substring(ProgramIdentity.current.configurationFile)
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            if word == flag { path = next }
            if word.hasPrefix(flag + "=") { path = word.dropFirst(flag.count + 1) }
        }
        guard !path.hasPrefix("/"), let place = target(of: "\(directory)/cwd") else {
            return Surroundings.Files.disk.identity(String(path))
        }
        return Surroundings.Files.disk.identity("\(place)/\(path)")
    }

    /// The inodes of the sockets that listen on an endpoint (/proc/net).
    private static func inodes(listeningOn endpoint: Endpoint) -> [Substring] {
        switch endpoint {
        case .unix(let address):
            let isListening = "00010000"  // __SO_ACCEPTCON of unix_seq_show.
            return lines(of: "/proc/net/unix").compactMap { line in
                let fields = line.split(separator: " ", maxSplits: 7)
                guard fields.count == 8, fields[3] == isListening, fields[7] == address.name else {
                    return nil
                }
                return fields[6]
            }
        case .tcp(let address, _):
            return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { table in
                lines(of: table).compactMap { line in
                    let fields = line.split(separator: " ")
                    let isListening = "0A"  // TCP_LISTEN.
                    guard fields.count > 9, fields[3] == isListening,
                        let other = SocketAddress(kernel: fields[1]), other.conflicts(with: address)
                    else { return nil }
                    return fields[9]
                }
            }
        }
    }

    private static func lines(of path: String) -> [Substring] {
        Array(text(of: path).split(separator: "\n").dropFirst())
    }

    private static func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(link, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(of path: String) -> String {
        let text = String(decoding: ProcFile.read(path), as: UTF8.self)
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}

extension SocketAddress {
    /// Reads an address of /proc/net/tcp or tcp6: words in the byte order of the machine, and the
    /// port, all in hexadecimal.
    init?(kernel text: Substring) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        let digits = Array(parts[0].utf8)
        var words: [UInt32] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            let part = String(decoding: digits[start..<min(start + 8, digits.count)], as: UTF8.self)
            guard let word = UInt32(part, radix: 16) else { return nil }
            words.append(UInt32(bigEndian: word))
        }
        switch words.count {
        case 1: self.init(IPAddress(v4: words[0]), port: port)
        case 4:
            let halves = (0..<2).map { UInt64(words[2 * $0]) << 32 | UInt64(words[2 * $0 + 1]) }
            self.init(IPAddress(v6: halves[0], halves[1]), port: port)
        default: return nil
        }
    }

    /// Whether a listener on this address may conflict with another address; one on `::` may use the
    /// IPv4 port, too.
    func conflicts(with other: SocketAddress) -> Bool {
        guard port == other.port else { return false }
        guard ip.family == other.ip.family else { return ip.family == .v6 && ip.isWildcard }
        return ip == other.ip || ip.isWildcard || other.ip.isWildcard
    }
}
