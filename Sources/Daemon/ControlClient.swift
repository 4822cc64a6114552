internal import ArgumentParser
internal import Configuration
internal import EventLoops
internal import NetworkTypes

/// Where the commands that ask a running daemon find it.
struct ControlOption: ParsableArguments {
    @OptionGroup var option: ConfigurationOption
    @OptionGroup var socket: ControlSocketOption

    /// The path, whatever else the configuration says; a broken one is no reason to find nobody.
    var path: String {
        socket.path(
            else: LoadedConfiguration.server(path: option.config, variable: { Environment[$0] }))
    }
}

/// `--control-socket`, of all commands that ask a running daemon.
struct ControlSocketOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's control socket; without it, that of the configuration.",
            valueName: "PATH"))
    var controlSocket: String?

    /// The path that was given, or the one that the configuration says.
    func path(else server: @autoclosure () -> ServerSettings) -> String {
        controlSocket ?? ControlServer.path(server())
    }
}

/// Asks a running daemon one thing.
struct ControlClient {
    /// How long the daemon may take from one part of its answer to the next.
    static let patience = Duration.seconds(15)

    private let path: String

    init(_ option: ControlOption) {
        self.init(path: option.path)
    }

    init(path: String) {
        self.path = path
    }

    /// Sends a request and hears the answer.
    ///
    /// - Parameters:
    ///   - request: without its version.
    ///   - limit: how long to wait for each part; nil waits for good.
    ///   - body: gets each part but the last, as it came and as it reads.
    /// - Returns: the last part.
    /// - Throws: an exit status, once the reason has been printed.
    @discardableResult
    func ask(
        _ request: JSONLine, within limit: Duration? = ControlClient.patience,
        _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws -> JSONValue {
        do throws(SystemError) {
            guard let address = UnixAddress(path) else {
                throw SystemError("connect", code: 0)
            }
            let connection = try UnixConnection(to: address)
            var request = request
            request.add("icshostd", ControlRequest.version)
            try connection.send(Array(request.text.utf8))
            var rest: [UInt8] = []
            while true {
                let bytes = try connection.receive(within: limit)
                guard !bytes.isEmpty else { break }
                rest += bytes
                var lines = rest.split(
                    separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                rest = Array(lines.removeLast())
                for line in lines {
                    guard let part = JSONValue(line) else { continue }
                    if part["part"] == .string("end") { return part }
                    body(String(decoding: line, as: UTF8.self), part)
                }
            }
        } catch {
            Output.report(
                "icshostd: no daemon answers at \(path): \(error.reason); is it running?"
                    + " (systemctl status icshostd)\n")
            throw ExitStatus.unreachable
        }
        Output.report("icshostd: the daemon went away before it had answered\n")
        throw ExitStatus.unreachable
    }

    /// The same for an answer that has to be good.
    func succeed(
        _ request: JSONLine, _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws {
        let end = try ask(request, body)
        guard !(end["ok"]?.isTrue ?? false) else { return }
        Output.report("icshostd: \(end["message"]?.text ?? "the daemon refused")\n")
        throw ExitStatus.mistakes
    }
}
