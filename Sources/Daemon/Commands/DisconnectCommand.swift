internal import ArgumentParser
internal import NetworkTypes
internal import TextFormats

/// `icshostd disconnect`: ends clients.
struct DisconnectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Ends clients of a running daemon.",
        discussion: "Their handlers are cancelled, and the journal says operator as the reason.")

    @OptionGroup var control: ControlOption

    @Argument(help: ArgumentHelp("The client's number in icshostd clients.", valueName: "ID"))
    var id: UInt64?

    @Option(help: ArgumentHelp("Those of the hosts with this tag or section.", valueName: "TAG"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "Those from an address or a network, such as 198.51.100.0/24.", valueName: "CIDR"))
    var from: String?

    @Flag(help: "Print JSON instead of text.")
    var json = false

    func validate() throws {
        let given = [id != nil, host != nil, from != nil].count { $0 }
        guard given == 1 else { throw ValidationError("give one of ID, --host and --from") }
        guard let from, IPNetwork(from) == nil else { return }
        throw ValidationError("\"\(from)\" is no address or network")
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
