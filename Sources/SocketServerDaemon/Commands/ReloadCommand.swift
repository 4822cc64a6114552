internal import ArgumentParser
internal import Configuration
internal import TextFormats

/// `icshostd reload`: makes a running daemon reload its configuration.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Reloads the configuration of a running daemon.",
        discussion: """
            Waits for the result and prints it. Unchanged listeners and hosts are not affected; the \
            clients of changed hosts may finish with the previous settings, within DrainTimeout. If \
            the file has mistakes, nothing changes and the exit status is 1. A host that cannot \
            start keeps its previous settings, or is down if it is new; the command names it, and \
            the exit status is 0, or 1 with --strict.
            """)

    @OptionGroup var control: ControlOption

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Also exit with 1 when a host is down or keeps its previous settings.")
    var strict = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "reload")
        // Without a limit: handlers may have much to load.
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
                Output.complain(message)
            }
        }
        guard isApplied, !strict || notApplied.isEmpty else { throw ExitStatus.mistakes }
    }
}
