internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import NetworkTypes
internal import Platform

/// Where the commands that ask a running daemon find it.
struct ControlOption: ParsableArguments {
    @OptionGroup var option: ConfigurationOption
    @OptionGroup var socket: ControlSocketOption

    /// The path, whatever else the configuration says; a broken one is no reason to find nobody.
    ///
    /// - Throws: when the configuration does not tell; what holds without one would be another daemon.
    ///   Only where nobody has named a file, and there is none, are the defaults meant.
    func path() throws(ConfigurationFileError) -> String {
        if let path = socket.controlSocket { return path }
        do throws(ConfigurationFileError) {
            return ControlServer.path(
                try LoadedConfiguration.server(path: option.path, variable: { Environment[$0] }))
        } catch  where option.config == nil && error.reason == .missing {
            return ControlServer.path(ServerSettings())
        }
    }
}

/// `--control-socket`, of all commands that ask a running daemon.
struct ControlSocketOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The control socket of the daemon (default: as configured).",
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
    private let isJSON: Bool

    /// Names the daemon.
    ///
    /// - Parameters:
    ///   - option: where it is.
    ///   - json: whether a failure is an object on standard output, and standard error silent.
    /// - Throws: an exit status, once the reason why it is not known has been printed.
    init(_ option: ControlOption, json: Bool = false) throws {
        do throws(ConfigurationFileError) {
            self.init(path: try option.path(), json: json)
        } catch {
            throw ControlClient.tell(
                ControlFailure(
                    code: "unreadable", message: "\(error)", status: ExitStatus.unreadable), json)
        }
    }

    init(path: String, json: Bool = false) {
        self.path = path
        isJSON = json
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
        do throws(ControlFailure) {
            return try hear(request, within: limit, body)
        } catch {
            throw ControlClient.tell(error, isJSON)
        }
    }

    /// The same for an answer that has to be good.
    func succeed(
        _ request: JSONLine, _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws {
        let end = try ask(request, body)
        guard !(end["ok"]?.isTrue ?? false) else { return }
        throw ControlClient.tell(
            ControlFailure(
                code: end["error"]?.text ?? "refused",
                message: end["message"]?.text ?? "the daemon refused", status: ExitStatus.mistakes),
            isJSON)
    }

    /// Prints a failure.
    ///
    /// - Returns: the status to end with.
    private static func tell(_ failure: ControlFailure, _ isJSON: Bool) -> ExitCode {
        if isJSON {
            var line = JSONLine()
            line.add("error", failure.code)
            line.add("message", failure.message)
            Output.print(line.text)
        } else {
            Output.report("icshostd: \(failure.message)\n")
        }
        return failure.status
    }

    /// Does what ``ask(_:within:_:)`` does, and prints nothing.
    func hear(
        _ request: JSONLine, within limit: Duration? = ControlClient.patience,
        _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws(ControlFailure) -> JSONValue {
        guard let address = UnixAddress(path) else {
            throw .unreachable(
                "no daemon answers at \(path): that is no absolute path of at most "
                    + "\(UnixAddress.lengthLimit) bytes")
        }
        var end: JSONValue?
        do throws(SystemError) {
            end = try converse(with: address, request, within: limit, body)
        } catch {
            throw ControlFailure(error, at: address, after: limit)
        }
        guard let end else {
            throw .unreachable("the daemon closed the connection before it answered")
        }
        guard end["error"]?.text != ControlFailure.forbidden else {
            throw .refusal(at: address)
        }
        return end
    }

    /// - Returns: the last part of the answer; nil when there is none.
    private func converse(
        with address: UnixAddress, _ request: JSONLine, within limit: Duration?,
        _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws(SystemError) -> JSONValue? {
        let connection = try UnixConnection(to: address)
        var request = request
        request.add("icshostd", ControlRequest.version)
        do throws(SystemError) {
            try connection.send(Array(request.text.utf8))
        } catch  where error.code == EPIPE || error.code == ECONNRESET {
            // Somebody who is sent away without being asked finds the reason in the answer.
        }
        var rest: [UInt8] = []
        while true {
            let bytes = try connection.receive(within: limit)
            guard !bytes.isEmpty else { return nil }
            rest += bytes
            var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = Array(lines.removeLast())
            for line in lines {
                guard let part = JSONValue(line) else { continue }
                if part["part"] == .string("end") { return part }
                body(String(decoding: line, as: UTF8.self), part)
            }
        }
    }
}
