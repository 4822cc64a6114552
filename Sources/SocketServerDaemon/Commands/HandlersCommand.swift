internal import ArgumentParser
internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Planning

/// `icshostd handlers`: lists the handlers that `Handler=` can name.
struct HandlersCommand: HandlerCommand {
    static let configuration = CommandConfiguration(
        commandName: "handlers", abstract: "Lists the handlers, and the keys of one.",
        discussion:
            "Without NAME every handler has a line; with it every key that the handler adds.")

    @Argument(help: "The handler whose keys are listed.")
    var name: String?

    func run(with registry: HandlerRegistry) throws {
        guard let name else {
            let rows = registry.all.map { [$0.name, $0.summary] }
            return Output.print(TextTable(rows).text)
        }
        guard let handler = registry[name] else {
            Output.complain(registry.absence(of: name))
            throw ExitStatus.mistakes
        }
        Output.print("\(handler.name): \(handler.summary)\n")
        for key in HandlerDeclaration(handler).keys {
            Output.print("\n; \(key.help)\n\(key.name)=\(key.defaultText)\n")
        }
    }
}
