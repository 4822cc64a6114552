import TestSupport
import Testing

/// Colours are for terminals only.
@Suite struct ColourScenarios {
    /// What a shell command writes to a terminal (script(1)).
    private static func terminal(_ command: String) throws -> String {
        try Command(["script", "-qec", command, "/dev/null"]).output
    }

    @Test func diagnosticsHaveThemOnATerminalOnly() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("[Server]\nWorkerz=2\n", to: "a.conf")
        let check = "\(Icshostd.path) check \(file)"
        let red = "\u{1B}[31merror\u{1B}[0m: "
        #expect(try Self.terminal("TERM=xterm NO_COLOR= \(check)").contains(red))
        for variables in ["TERM=xterm NO_COLOR=1", "TERM=dumb", "unset TERM;"] {
            let text = try Self.terminal("\(variables) \(check)")
            #expect(text.contains(": error: ") && !text.contains("\u{1B}"), "\(text)")
        }
        let piped = try Command(["env", "TERM=xterm", Icshostd.path, "check", file])
        #expect(piped.errors.contains(": error: ") && !piped.errors.contains("\u{1B}"))
    }

    @Test func theStatusShowsWhoNeedsSomebody() throws {
        let daemon = try DaemonProcess(
            """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            Handler=echo
            [Host2]
            Hosts=b.test
            BindIpAddr=203.0.113.7
            BindNonPort=7
            Handler=echo

            """)
        let status = "\(Icshostd.path) status --control-socket \(daemon.controlPath)"
        let text = try Self.terminal("TERM=xterm NO_COLOR= \(status)")
        #expect(text.contains("\u{1B}[31mHost2  down "), "\(text)")
        #expect(text.contains("Host1  up ") && !text.contains("mHost1  up "), "\(text)")
        #expect(try !Self.terminal("TERM=xterm NO_COLOR=1 \(status)").contains("\u{1B}"))
    }
}
