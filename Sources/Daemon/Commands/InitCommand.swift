internal import ArgumentParser
internal import Configuration
internal import Files
internal import Glibc
internal import HandlerAPI
internal import Platform
internal import Serving

/// `icshostd init`: writes a first configuration, by asking or as its flags say.
struct InitCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a configuration with a first host, by asking or as its flags say.",
        discussion: """
            Without --name it asks on a terminal for what no flag says; with it, or elsewhere, it asks \
            nothing. Without ports they are 80 and 443 for web and redirect, else 7000 and 7443. A file \
            that is there is not changed without --force: where it has no host, as the installed one, \
            the host goes to conf.d/first.conf beside it, which is read, too. What would not pass \
            icshostd check is not written.
            """)

    @OptionGroup var option: ConfigurationOption

    @Option(help: ArgumentHelp("A name of the host; may be given again.", valueName: "NAME"))
    var name: [String] = []

    @Option(
        help: ArgumentHelp(
            "What its clients get; echo, or with --documents web, with --target proxy.",
            valueName: "HANDLER"))
    var handler: String?

    @Option(help: ArgumentHelp("The plain port, 0 for none.", valueName: "PORT"))
    var port: String?

    @Option(help: ArgumentHelp("The SSL port, 0 for none.", valueName: "PORT"))
    var sslPort: String?

    @Option(help: ArgumentHelp("Where it listens; every address without.", valueName: "ADDRESS"))
    var address: String?

    @Option(
        help: ArgumentHelp(
            "The certificate, a PEM file; one is made here without.", valueName: "FILE"))
    var certificate: String?

    @Option(help: ArgumentHelp("Its key, where the same file does not have it.", valueName: "FILE"))
    var key: String?

    @Option(help: ArgumentHelp("With web: the directory of the documents.", valueName: "DIR"))
    var documents: String?

    @Option(help: ArgumentHelp("With proxy: where clients go.", valueName: "HOST:PORT"))
    var target: String?

    @Option(
        help: ArgumentHelp(
            "Another key of the host, such as Exec=/bin/cat; may be given again.",
            valueName: "KEY=VALUE"))
    var set: [String] = []

    @Flag(help: "Replace the file.")
    var force = false

    func validate() throws {
        guard asks || !name.isEmpty else {
            throw ValidationError("--name is missing; on a terminal icshostd init asks for it")
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
                "nothing is written: see the mistakes above, of the file that it would be")
        }
        do throws(SystemError) {
            // What has come there meanwhile stays, too.
            try WholeFile.write(first.text, to: path, replacing: force && path == main)
        } catch {
            let remedy = error.kind == .notPermitted ? "; run it as root, or see --config" : ""
            throw failure("nothing is written: \(path.printable): \(error.reason)\(remedy)")
        }
        tell(main, path)
    }

    /// Where the host goes: to the file, or where that is there and has none beside it.
    private func place(_ main: String, _ registry: HandlerRegistry) throws -> String {
        guard WholeFile.isThere(main), !force else { return main }
        let remedy = "--force replaces it, --config names another"
        let hosts: [HostSettings]
        do throws(ConfigurationFileError) {
            hosts = try PlannedConfiguration(path: main, registry: registry)
                .loaded.settings.hosts
        } catch {
            throw failure("\(main.printable) is there already: \(remedy); \(error)")
        }
        guard hosts.isEmpty else {
            throw failure("\(main.printable) is there already and has hosts: \(remedy)")
        }
        let slash = main.lastIndex(of: "/")
        let path = (slash.map { String(main[...$0]) } ?? "") + Self.addition
        guard !WholeFile.isThere(path) else {
            throw failure("\(main.printable) is there already, and \(path.printable): \(remedy)")
        }
        return path
    }

    private static let addition = "conf.d/first.conf"

    /// What `check` would say if the text were written.
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
            throw failure("nothing is written: \(error)")
        }
    }

    private func tell(_ main: String, _ path: String) {
        let isStandard = main == ConfigurationOption.standardPath
        let file = Self.shellWord(main)
        Output.print("\(path.printable) is written\n")
        if path != main {
            Output.print("\(main.printable) has no host, stays as it is, and reads it\n")
        }
        Output.print(
            isStandard
                ? """
                Next:
                  icshostd check
                  systemctl enable --now icshostd    (where it runs already: systemctl reload icshostd)
                  icshostd status

                """
                : """
                Next:
                  icshostd check \(file)
                  icshostd run --config \(file)

                """)
    }

    /// A word that a shell takes as it is.
    private static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "/._-+:@".utf8.contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return isPlain ? text : "'\(text.printable.replacing("'", with: "'\\''"))'"
    }

    /// Tells why it ends.
    func failure(_ message: String) -> ExitCode {
        Output.report("icshostd init: \(message)\n")
        return ExitStatus.mistakes
    }
}
