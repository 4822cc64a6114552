internal import ArgumentParser
internal import Configuration
internal import TextFormats

/// `icshostd reload`: lets a running daemon read its configuration again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Lets a running daemon read its configuration again, and says what came of it.",
        discussion: """
            Waits for the outcome. Listeners and hosts that have not changed stay as they are, the \
            clients of changed ones finish under the old host. When the file has mistakes nothing \
            changes, and the exit status is 1. A host in trouble is named and left out, or goes on as \
            it was, and the others change: exit status 0, with --strict 1.
            """)

    @OptionGroup var control: ControlOption

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Flag(help: "Exit with 1 also when a host is left out or goes on as it was.")
    var strict = false

    func run() throws {
        var request = JSONLine()
        request.add("command", "reload")
        // As long as it takes: handlers may have much to load.
        var (lines, leftOut) = ([String](), [String]())
        let end = try ControlClient(control, json: json).ask(request, within: nil) { text, part in
            if part["part"]?.text == "left_out" {
                leftOut.append(text)
            } else {
                lines.append(json ? text : part["text"]?.text ?? "")
            }
        }
        let isApplied = end["ok"]?.isTrue ?? false
        if json {
            Output.print(
                "{\"applied\": \(isApplied), \"messages\": \(JSONLine.array(lines)), "
                    + "\"left_out\": \(JSONLine.array(leftOut))}\n")
        } else {
            Output.report(lines.map { "\($0)\n" }.joined())
            if lines.isEmpty, let message = end["message"]?.text {
                Output.report("icshostd: \(message)\n")
            }
        }
        guard isApplied, !strict || leftOut.isEmpty else { throw ExitStatus.mistakes }
    }
}
