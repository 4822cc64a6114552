internal import Files
internal import Glibc
internal import HandlerAPI

/// Reads the keys of one host into a program, and checks whether it could start.
struct ExecReader {
    private let options: HandlerOptions

    init(_ options: HandlerOptions) {
        self.options = options
    }

    /// The program without the variables of its client.
    ///
    /// - Throws: `HandlerOptionError`; `ProgramError` when the launcher is not installed.
    func program() throws -> Program {
        let words = try words()
        var program = Program(path: words[0], arguments: Array(words.dropFirst()))
        let person = try person()
        program.account = try account(person)
        try checkFile(program)
        program.directory = try directory()
        program.niceness = try niceness()
        program.fileModeMask = options[ExecHandler.execUmask]
        program.limits = try limits()
        program.endTime = options[ExecHandler.execKillTime]
        let timeAfterEnd = options[ExecHandler.execEndTime]
        program.timeAfterEnd = timeAfterEnd == .zero ? nil : timeAfterEnd
        program.environment = try environment(of: person)
        if Program.launcher == nil { throw ProgramError.noLauncher }
        return program
    }

    private func words() throws -> [String] {
        let words: [String]
        do throws(CommandWords.Unterminated) {
            words = try CommandWords.split(options[ExecHandler.exec])
        } catch {
            throw HandlerOptionError(ExecHandler.exec, "the quote \(error.quote) is not closed")
        }
        guard let path = words.first else {
            throw HandlerOptionError(ExecHandler.exec, "name the program")
        }
        guard path.hasPrefix("/") else {
            throw HandlerOptionError(ExecHandler.exec, "must be an absolute path, not \"\(path)\"")
        }
        return words
    }

    private func checkFile(_ program: Program) throws {
        let path = program.path
        let status = FileStatus(path)
        let problem: String? =
            switch status {
            case .missing(let reason): reason
            case .found(let mode) where mode.isDirectory: "it is a directory"
            case .found(let mode) where !mode.isExecutable: "it is not executable"
            // Another user may have other permissions.
            case .found: program.account?.user == nil ? FileStatus.obstacle(path) : nil
            }
        if let problem { throw trouble(ExecHandler.exec, "cannot run \(path): \(problem)") }
        // A program of another user may belong to that user.
        guard program.account?.user == nil,
            let writer = FilePlacement.foreignWriter(of: path, includesFile: true)
        else { return }
        options.warn(ExecHandler.exec, "other users could replace \(path): \(writer)")
    }

    private func directory() throws -> String {
        let path = options[ExecHandler.execDir] ?? "/"
        guard path.hasPrefix("/") else {
            throw HandlerOptionError(
                ExecHandler.execDir, "must be an absolute path, not \"\(path)\"")
        }
        switch FileStatus(path) {
        case .found(let mode) where mode.isDirectory: return path
        case .found: throw trouble(ExecHandler.execDir, "\(path) is not a directory")
        case .missing(let reason): throw trouble(ExecHandler.execDir, "\(path): \(reason)")
        }
    }

    private func niceness() throws -> Int {
        let value = options[ExecHandler.execNice]
        if value < 0 { try require([.niceness], for: ExecHandler.execNice) }
        let isRefused = options.limits.isRefused("setpriority") || !Capability.maySetNiceness
        guard value == 0 || !isRefused else {
            throw trouble(
                ExecHandler.execNice,
                "not permitted: SystemCallFilter= of the unit has no setpriority, see icshostd-exec.conf"
            )
        }
        return value
    }

    private func person() throws -> Person? {
        let name = options[ExecHandler.execUser]
        guard !name.isEmpty else { return nil }
        guard let person = Person(name) else {
            throw trouble(ExecHandler.execUser, "there is no user \"\(name)\"")
        }
        return person
    }

    /// Nil when the program runs as our own user.
    private func account(_ person: Person?) throws -> ProgramAccount? {
        let name = options[ExecHandler.execGroup]
        var group = person?.group
        if !name.isEmpty {
            group = Person.group(name)
            if group == nil {
                throw trouble(ExecHandler.execGroup, "there is no group \"\(name)\"")
            }
        }
        guard let group else { return nil }
        if let person, person.user != geteuid() {
            try require([.setUser, .setGroup, .kill], for: ExecHandler.execUser)
        } else if group != getegid() {
            try require(
                [.setGroup], for: name.isEmpty ? ExecHandler.execUser : ExecHandler.execGroup)
        } else {
            return nil
        }
        return ProgramAccount(
            user: person?.user, group: group, groups: person?.groups(with: group) ?? [group])
    }

    private func require(_ capabilities: [Capability], for key: some DeclaredKey) throws {
        let missing = Capability.missing(capabilities)
        guard !missing.isEmpty else { return }
        let names = missing.map(\.name).joined(separator: ", ")
        throw trouble(key, "not permitted: it takes \(names), see icshostd-exec.conf")
    }

    /// A fault of this machine: only this host is down.
    private func trouble(_ key: some DeclaredKey, _ message: String) -> HandlerOptionError {
        HandlerOptionError(key, isMistake: false, message)
    }

    private func limits() throws -> [ProgramResource: ProgramLimit] {
        var limits: [ProgramResource: ProgramLimit] = [:]
        for resource in ProgramResource.allCases {
            let text = options[resource.key]
            guard !text.isEmpty else { continue }
            guard let limit = ProgramLimit(text: text) else {
                throw HandlerOptionError(
                    resource.key,
                    "must be a number, infinity, or two of these as SOFT:HARD, not \"\(text)\"")
            }
            limits[resource] = limit
        }
        return limits
    }

    private func environment(of person: Person?) throws -> [String: String] {
        var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        if let person {
            variables["USER"] = person.name
            variables["LOGNAME"] = person.name
            variables["HOME"] = person.home
            variables["SHELL"] = person.shell
        }
        for (item, text) in options[ExecHandler.execEnvironment].enumerated() {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let first = parts[0].unicodeScalars.first,
                parts[0].unicodeScalars.allSatisfy(\.isPartOfName), !("0"..."9" ~= first)
            else {
                throw HandlerOptionError(
                    ExecHandler.execEnvironment, item: item, "must be NAME=value, not \"\(text)\"")
            }
            variables[String(parts[0])] = String(parts[1])
        }
        return variables
    }
}

extension Unicode.Scalar {
    /// Whether the name of a variable may have it (environ(7)).
    fileprivate var isPartOfName: Bool {
        "a"..."z" ~= self || "A"..."Z" ~= self || "0"..."9" ~= self || self == "_"
    }
}
