internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import NetworkTypes
internal import Platform
internal import TextFormats

/// The options that locate a running daemon.
struct ControlOption: ParsableArguments {
    @OptionGroup var option: ConfigurationOption
    @OptionGroup var socket: ControlSocketOption

    /// The path of the control socket; mistakes elsewhere in the configuration do not matter.
    ///
    /// - Throws: when the path cannot be read from the configuration, since the default could be that of
    ///   another daemon. The default applies only when no file was named and the standard one is missing.
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

/// The option `--control-socket`.
struct ControlSocketOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The control socket of the daemon (default: as configured).",
            valueName: "PATH"))
    var controlSocket: String?

    /// The path of the option, or else that of the configuration.
    func path(else server: @autoclosure () -> ServerSettings) -> String {
        controlSocket ?? ControlServer.path(server())
    }
}

/// Sends a request to a running daemon and reads the answer.
struct ControlClient {
    /// The time limit for each part of an answer.
    static let patience = Duration.seconds(15)

    private let path: String
    private let isJSON: Bool

    /// Locates the daemon.
    ///
    /// - Parameters:
    ///   - option: the location of the daemon.
    ///   - json: whether a failure is printed as an object on standard output.
    /// - Throws: an exit status, after the reason has been printed.
    init(_ option: ControlOption, json: Bool = false) throws {
        do throws(ConfigurationFileError) {
            self.init(path: try option.path(), json: json)
        } catch {
            throw ControlClient.report(
                ControlFailure(
                    code: "unreadable", message: "\(error)", status: ExitStatus.unreadable), json)
        }
    }

    init(path: String, json: Bool = false) {
        self.path = path
        isJSON = json
    }

    /// Sends a request and reads the answer; prints failures.
    ///
    /// - Parameters:
    ///   - request: the request, without the version.
    ///   - limit: the time limit for each part; nil for none.
    ///   - body: receives each part but the last, as text and as a value.
    /// - Returns: the last part.
    /// - Throws: an exit status, after the reason has been printed.
    @discardableResult
    func ask(
        _ request: JSONLine, within limit: Duration? = ControlClient.patience,
        _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws -> JSONValue {
        do throws(ControlFailure) {
            return try exchange(request, within: limit, body)
        } catch {
            throw ControlClient.report(error, isJSON)
        }
    }

    /// Does the same, and fails unless the daemon executed the request.
    func succeed(
        _ request: JSONLine, _ body: (_ text: String, _ part: JSONValue) -> Void
    ) throws {
        let end = try ask(request, body)
        guard !(end["ok"]?.isTrue ?? false) else { return }
        throw ControlClient.report(
            ControlFailure(
                code: end["error"]?.text ?? "refused",
                message: end["message"]?.text ?? "the daemon refused", status: ExitStatus.mistakes),
            isJSON)
    }

    /// Prints a failure.
    ///
    /// - Returns: the exit status.
    private static func report(_ failure: ControlFailure, _ isJSON: Bool) -> ExitCode {
        if isJSON {
            var line = JSONLine()
            line.add("error", failure.code)
            line.add("message", failure.message)
            Output.print(line.text)
        } else {
            Output.complain(failure.message)
        }
        return failure.status
    }

    /// Sends a request and reads the answer; prints nothing.
    func exchange(
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
            // The daemon refused the client before it read the request; the answer has the reason.
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
