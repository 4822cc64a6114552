internal import ArgumentParser
internal import Configuration

/// `icshostd reload`: lets a running daemon read its configuration again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets a running daemon read its configuration again, and says what came of it.",
        discussion: """
            Waits for the outcome. Listeners and hosts that have not changed are unchanged, the \
            clients of changed ones finish under the old host. When the file has mistakes nothing \
            changes, and the exit status is 1. A host in trouble is down, or keeps its previous \
            settings; the command names it, and the others change: exit status 0, with --strict 1.
            """)

    @OptionGroup var control: ControlOption

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Also exit with 1 when a host is down or keeps its previous settings.")
    var strict = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "reload")
        // As long as it takes: handlers may have much to load.
        var (lines, notApplied) = ([String](), [String]())
        let end = try ControlClient(control, json: json).ask(request, within: nil) { text, part in
            if part["part"]?.text == "not_applied" {
                notApplied.append(text)
            } else {
                lines.append(json ? text : part["text"]?.text ?? "")
            }
        }
        let isApplied = end["ok"]?.isTrue ?? false
        if json {
            Output.print(
                "{\"applied\": \(isApplied), \"messages\": \(JSONLine.array(lines)), "
                    + "\"not_applied\": \(JSONLine.array(notApplied))}\n")
        } else {
            Output.report(lines.map { "\($0)\n" }.joined())
            if lines.isEmpty, let message = end["message"]?.text {
                Output.report("icshostd: \(message)\n")
            }
        }
        guard isApplied, !strict || notApplied.isEmpty else { throw ExitStatus.mistakes }
    }
}
