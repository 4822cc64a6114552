internal import ArgumentParser
internal import Configuration
internal import Files
internal import Glibc
internal import HandlerAPI
internal import Platform
internal import TextFormats

/// `icshostd init`: writes a first configuration, from options or answers.
struct InitCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a configuration with a first host.",
        discussion: """
            On a terminal and without --name, it asks for all settings that no option specifies. \
            The default ports are 80 and 443 for web and redirect, 7000 and 7443 for other \
            handlers. An existing file is not changed without --force. If it has no host, like the \
            installed one, the host is written to conf.d/first.conf next to it, which the daemon \
            reads, too. Nothing is written that \(ProgramIdentity.command) check would reject.
            """)

    @OptionGroup var option: ConfigurationOption

    @Option(help: ArgumentHelp("A server name of the host. May be repeated.", valueName: "NAME"))
    var name: [String] = []

    @Option(
        help: ArgumentHelp(
            "The handler (default: echo, or the first of a program without it; web with --documents, proxy with --target).",
            valueName: "HANDLER"))
    var handler: String?

    @Option(help: ArgumentHelp("The plain port; 0 for none.", valueName: "PORT"))
    var port: String?

    @Option(help: ArgumentHelp("The SSL port; 0 for none.", valueName: "PORT"))
    var sslPort: String?

    @Option(help: ArgumentHelp("The addresses to listen on (default: all).", valueName: "ADDRESS"))
    var address: String?

    @Option(
        help: ArgumentHelp(
            "The certificate, a PEM file (default: a self-signed one).", valueName: "FILE"))
    var certificate: String?

    @Option(
        help: ArgumentHelp(
            "The private key, unless the certificate file contains it.", valueName: "FILE"))
    var key: String?

    @Option(help: ArgumentHelp("For web: the document root.", valueName: "DIR"))
    var documents: String?

    @Option(help: ArgumentHelp("For proxy: the target to connect to.", valueName: "HOST:PORT"))
    var target: String?

    @Option(
        help: ArgumentHelp(
            "Another key of the host, such as Exec=/bin/cat. May be repeated.",
            valueName: "KEY=VALUE"))
    var set: [String] = []

    @Flag(help: "Replace an existing file.")
    var force = false

    func validate() throws {
        guard asks || !name.isEmpty else {
            throw ValidationError("--name is required where standard input is not a terminal")
        }
        try validateFlags()
    }

    func run(with registry: HandlerRegistry) throws {
        let main = option.path
        try validateHandler(registry)
        let path = try place(main, registry)
        let first = try answers(registry)
        let planned = try judge(first.text, at: path, registry)
        Output.report(planned.report)
        guard !planned.hasErrors else {
            throw failure(
                "nothing was written: the file would have the mistakes above")
        }
        do throws(SystemError) {
            // A file that was created in the meantime stays, too.
            try WholeFile.write(first.text, to: path, replacing: force && path == main)
        } catch {
            let remedy =
                error.kind == .notPermitted
                ? "; run \(ProgramIdentity.command) init as root, or set --config" : ""
            throw failure("nothing was written: \(path.printable): \(error.reason)\(remedy)")
        }
        reportSuccess(main, path)
    }

    /// The file for the host: the configuration, or a file next to it when that exists and has no host.
    private func place(_ main: String, _ registry: HandlerRegistry) throws -> String {
        guard WholeFile.isThere(main), !force else { return main }
        let remedy = "use --force to replace it, or --config for another file"
        let hosts: [HostSettings]
        do throws(ConfigurationFileError) {
            hosts = try PlannedConfiguration(path: main, registry: registry)
                .loaded.settings.hosts
        } catch {
            throw failure("\(main.printable) exists already: \(remedy); \(error)")
        }
        guard hosts.isEmpty else {
            throw failure("\(main.printable) exists already and has hosts: \(remedy)")
        }
        let slash = main.lastIndex(of: "/")
        let path = (slash.map { String(main[...$0]) } ?? "") + Self.addition
        guard !WholeFile.isThere(path) else {
            throw failure("\(main.printable) and \(path.printable) exist already: \(remedy)")
        }
        return path
    }

    private static let addition = "conf.d/first.conf"

    /// The findings of `check` for the file as it would be written.
    private func judge(
        _ text: String, at path: String, _ registry: HandlerRegistry
    ) throws -> PlannedConfiguration {
        let (main, disk) = (option.path, Surroundings.Files.disk)
        let bytes = Array(text.utf8)
        let files = Surroundings.Files(
            read: { other throws(ConfigurationFileError) in
                guard other != path else { return bytes }
                return try ConfigurationFile.read(path: other, as: .include)
            },
            matching: { pattern in
                let isBeside = path != main && pattern.hasSuffix("conf.d/*.conf")
                return disk.list(pattern) + (isBeside ? [path] : [])
            }, identity: disk.identity)
        do {
            return try ConfigurationCheck(main).findings {
                let draft = try path == main ? bytes : ConfigurationFile.read(path: main)
                return PlannedConfiguration(
                    draft: draft, path: main, files: files, registry: registry)
            }
        } catch {
            throw failure("nothing was written: \(error)")
        }
    }

    private func reportSuccess(_ main: String, _ path: String) {
        let isStandard = main == ProgramIdentity.current.configurationFile
        let (file, command) = (Self.shellWord(main), ProgramIdentity.command)
        Output.print("\(path.printable) was written\n")
        if path != main {
            Output.print("\(main.printable) is unchanged, and includes it\n")
        }
        Output.print(
            isStandard
                ? """
                Next:
                  \(command) check
                  systemctl enable --now \(command)    (or, if it is running: systemctl reload \(command))
                  \(command) status

                """
                : """
                Next:
                  \(command) check \(file)
                  \(command) run --config \(file)

                """)
    }

    /// The text as one word of a shell command.
    private static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "/._-+:@".utf8.contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isPlain ? text : "'\(text.printable.replacing("'", with: "'\\''"))'"
    }

    /// Reports an error.
    func failure(_ message: String) -> ExitCode {
        Output.report("\(ProgramIdentity.command) init: \(message)\n")
        return ExitStatus.mistakes
    }
}
