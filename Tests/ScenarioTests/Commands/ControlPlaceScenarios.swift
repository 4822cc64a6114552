import Foundation
import TestSupport
import Testing

/// Where the commands that ask a running daemon look for it: never at another one than is meant.
@Suite struct ControlPlaceScenarios {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let commands = [["status"], ["clients"], ["disconnect", "1"], ["reload"]]

    @Test(arguments: commands)
    func aFileThatCannotBeReadIsToldAndNobodyAsked(_ words: [String]) throws {
        let missing = directory("none.conf")
        let wide = try directory.write(
            [0xFF, 0xFE] + "[Server]\n".utf8.flatMap { [$0, 0] }, to: "wide.conf")
        let reasons = [
            (missing, "there is no such file"), (directory.path, "it is a directory"),
            (
                wide,
                "the file is UTF-16LE text and must be UTF-8: convert it, as with iconv -f UTF-16LE "
                    + "-t UTF-8"
            ),
        ]
        for (file, reason) in reasons {
            let message = "cannot read the configuration \"\(file)\": \(reason)"
            let command = try Command([Icshostd.path] + words + ["--config", file])
            #expect(command.end == .exited(2), "\(command)")
            #expect(command.errors == "icshostd: \(message)\n")
            #expect(command.output.isEmpty)
            let json = try Command([Icshostd.path] + words + ["--config", file, "--json"])
            #expect(json.end == .exited(2) && json.errors.isEmpty, "\(json)")
            let object =
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: String]
            #expect(object == ["error": "unreadable", "message": message])
        }
    }

    @Test(arguments: commands)
    func aMistakenControlSocketIsNotThatOfAnother(_ words: [String]) throws {
        let file = try directory.write("[Server]\nControlSocket=run/control\n", to: "a.conf")
        let command = try Command([Icshostd.path] + words + ["--config", file])
        #expect(command.end == .exited(2), "\(command)")
        #expect(
            command.errors.hasPrefix(
                "icshostd: cannot read the configuration \"\(file)\": \(file):2:"),
            "\(command.errors)")
    }

    /// Whoever names the socket needs no file, and other mistakes of a file do not matter.
    @Test(arguments: commands)
    func whatTellsTheSocketIsEnough(_ words: [String]) throws {
        let socket = directory("control")
        let file = try directory.write(
            "[Server]\nControlSocket=\(socket)\nLogLevel=loud\n[Host\n", to: "a.conf")
        let asked = [
            ["--config", file], ["--control-socket", socket],
            ["--control-socket", socket, "--config", directory("none.conf")],
        ]
        for options in asked {
            let command = try Command([Icshostd.path] + words + options)
            #expect(command.end == .exited(3), "\(command)")
            #expect(command.errors.hasPrefix("icshostd: no daemon answers at \(socket): "))
        }
    }
}
