import Testing

@testable import SocketServerDaemon

@Suite struct ControlRequestTests {
    @Test(
        arguments: [
            ("status", nil), (#"status","x":"1"#, "bad-request"), (#"status","host":"A"#, nil),
            (#"status","host":7"#, "bad-request"), ("clients", nil),
            (#"clients","host":"A"#, nil), (#"clients","from":"10.0.0.0/8"#, "bad-request"),
            (#"disconnect","host":"A"#, nil), (#"disconnect","from":"10.0.0.0/8"#, nil),
            (#"disconnect","from":"everywhere"#, "bad-request"), ("disconnect", "bad-request"),
            (#"disconnect","host":"A","from":"::1"#, "bad-request"), ("stop", "unknown-command"),
            (#"disconnect","id":"7"#, "bad-request"),
        ] as [(String, String?)])
    func takesWhatTheProtocolSays(_ command: String, _ mistake: String?) {
        #expect(Self.mistake(#"{"icshostd":1,"command":"\#(command)"}"#) == mistake)
    }

    @Test(arguments: [
        ("", "bad-request"), ("status", "bad-request"), ("[]", "bad-request"),
        ("{}", "bad-version"), (#"{"icshostd":2,"command":"status"}"#, "bad-version"),
        (#"{"icshostd":"1","command":"status"}"#, "bad-version"),
        (#"{"icshostd":1}"#, "unknown-command"),
        (#"{"icshostd":1,"command":7}"#, "unknown-command"),
        (#"{"icshostd":1,"command":"disconnect","id":-1}"#, "bad-request"),
    ])
    func saysWhatIsWrong(_ line: String, _ mistake: String) {
        #expect(Self.mistake(line) == mistake)
    }

    private static func mistake(_ line: String) -> String? {
        do throws(ControlRequest.Mistake) {
            _ = try ControlRequest(line.utf8)
            return nil
        } catch {
            return error.code
        }
    }
}
