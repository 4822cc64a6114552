internal import ArgumentParser
internal import NetworkTypes
internal import TextFormats

/// `icshostd disconnect`: disconnects clients.
struct DisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Disconnects clients of a running daemon.",
        discussion:
            "Their handlers are cancelled, and their journal records have CLOSE_REASON=operator.")

    @OptionGroup var control: ControlOption

    @Argument(
        help: ArgumentHelp(
            "The ID of a client, as listed by \(ProgramIdentity.command) clients.", valueName: "ID")
    )
    var id: UInt64?

    @Option(
        help: ArgumentHelp("All clients of the hosts with this tag or section.", valueName: "TAG"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "All clients from an address or a network, such as 198.51.100.0/24.", valueName: "CIDR")
    )
    var from: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    func validate() throws {
        let given = [id != nil, host != nil, from != nil].count { $0 }
        guard given == 1 else { throw ValidationError("specify one of ID, --host and --from") }
        guard let from, IPNetwork(from) == nil else { return }
        throw ValidationError("--from must be an address or a network, not \"\(from)\"")
    }

    func run() throws {
        var request = JSONLine()
        request.add("command", "disconnect")
        request.add("id", id)
        request.add("host", host)
        request.add("from", from)
        var count = 0
        try ControlClient(control, json: json).succeed(request) { text, part in
            count = part["clients"]?.integer ?? 0
            if json { Output.print("\(text)\n") }
        }
        if !json { Output.print("\(count.counted("client")) disconnected\n") }
    }
}
