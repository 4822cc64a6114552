internal import Glibc

/// A program for one client, and what it starts with (``Client/run(_:)``).
///
/// It gets nothing of the server's but what stands here: no descriptor, variable, signal mask,
/// capability, raised limit.
public struct Program: Sendable {
    /// Where it is: an absolute path.
    public var path: String
    /// Its arguments, without its name.
    public var arguments: [String]
    /// Its whole environment.
    public var environment: [String: String] = [:]
    /// Who it is, the server's own user where nil.
    public var account: ProgramAccount?
    /// Where it starts, an absolute path that its user can reach.
    public var directory = "/"
    /// What is added to the server's nice value (nice(2)).
    public var niceness = 0
    /// The permission bits that its files do not get (umask(2)).
    public var fileModeMask: UInt32 = 0o022
    /// Limits of setrlimit(2); what is not here is as the server was started with.
    public var limits: [ProgramResource: ProgramLimit] = [:]
    /// How long it may take to end when it is asked to, before it is killed.
    public var endTime = Duration.seconds(5)
    /// How long it may go on when the client has ended its side, nil for no limit.
    public var timeAfterEnd: Duration?

    /// Names a program with its arguments.
    public init(path: String, arguments: [String] = []) {
        self.path = path
        self.arguments = arguments
    }

    /// The small program that sets all this and becomes the one that is asked for: beside the server's
    /// own file, or in `../libexec`; nil when it is in neither place.
    public static var launcher: String? {
        launcherPaths.first { unsafe faccessat(AT_FDCWD, $0, X_OK, AT_EACCESS) == 0 }
    }

    /// The first word that ``launcher`` gets: one of another version says so and ends.
    package static let launcherVersion = "version=1"

    /// Where ``launcher`` is looked for.
    public static let launcherPaths: [String] = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(
            decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let directory = own.split(separator: "/").dropLast().map { "/" + $0 }
        return [
            directory.joined() + "/icshostd-exec",
            directory.dropLast().joined() + "/libexec/icshostd-exec",
        ]
    }()
}

/// The user and the groups of a program.
public struct ProgramAccount: Sendable {
    /// The user, unchanged where nil.
    public var user: UInt32?
    /// The group.
    public var group: UInt32
    /// The supplementary groups.
    public var groups: [UInt32]

    /// Sets each.
    public init(user: UInt32?, group: UInt32, groups: [UInt32]) {
        self.user = user
        self.group = group
        self.groups = groups
    }
}

/// What setrlimit(2) limits, by the names it has there.
@nonexhaustive
public enum ProgramResource: String, CaseIterable, Sendable {
    /// Bytes of address space.
    case addressSpace = "AS"
    /// Bytes of a core file.
    case coreFile = "CORE"
    /// Seconds of processor time.
    case processorTime = "CPU"
    /// Bytes of data.
    case data = "DATA"
    /// Bytes of a file that it writes.
    case fileSize = "FSIZE"
    /// Bytes of locked memory.
    case lockedMemory = "MEMLOCK"
    /// Descriptors.
    case descriptors = "NOFILE"
    /// Processes of its user.
    case processes = "NPROC"
    /// Bytes of the stack.
    case stack = "STACK"
}

/// A limit of setrlimit(2); nil is no limit.
public struct ProgramLimit: Hashable, Sendable {
    /// What the kernel enforces.
    public var soft: UInt64?
    /// How far the program may raise it.
    public var hard: UInt64?

    /// Sets both.
    public init(soft: UInt64?, hard: UInt64?) {
        self.soft = soft
        self.hard = hard
    }
}

/// How a program ended.
@nonexhaustive
public enum ProgramEnd: Hashable, Sendable {
    /// By itself, with this status.
    case exited(status: Int32)
    /// By a signal that was not the server's.
    case killed(signal: Int32)
    /// Because the server told it to, when the client was gone.
    case stopped
}

/// What kept a program from starting.
public struct ProgramError: Error, CustomStringConvertible, Sendable {
    /// No capital, no period.
    public let reason: String

    /// Says why.
    public init(reason: String) {
        self.reason = reason
    }

    /// The launcher is not installed.
    public static var noLauncher: ProgramError {
        let places = Program.launcherPaths.joined(separator: " nor ")
        return ProgramError(reason: "there is neither \(places)")
    }

    /// `the program did not start: posix_spawn: Cannot allocate memory`.
    public var description: String { "the program did not start: \(reason)" }
}
