import HandlerAPI
import HandlerTesting
import Synchronization
import TestSupport
import Testing

@testable import Handlers

/// The keys of a program.
@Suite struct ExecReaderTests {
    private static func program(_ texts: [String: String]) throws -> Program {
        let texts = texts.merging(["Exec": "/bin/sh -c true"]) { own, _ in own }
        return try ExecReader(HandlerOptions(of: ExecHandler.self, texts)).program()
    }

    @Test(arguments: [
        ("Exec", "", "name the program"), ("Exec", "sh", "must be an absolute path, not \"sh\""),
        ("Exec", "/bin/sh 'x", "the quote ' is not closed"),
        ("ExecDir", "tmp", "must be an absolute path, not \"tmp\""),
        ("ExecEnvironment", "novalue", "must be NAME=value, not \"novalue\""),
        ("ExecEnvironment", "1A=x", "must be NAME=value, not \"1A=x\""),
        ("ExecEnvironment", "A B=x", "must be NAME=value, not \"A B=x\""),
        ("ExecEnvironment", "=x", "must be NAME=value, not \"=x\""),
        (
            "ExecLimitCPU", "x",
            "must be a number, infinity, or two of these as SOFT:HARD, not \"x\""
        ),
        (
            "ExecLimitCPU", "2:1",
            "must be a number, infinity, or two of these as SOFT:HARD, not \"2:1\""
        ),
    ])
    func aValueThatMeansNothingIsAMistakeOfItsKey(
        _ key: String, _ value: String, _ message: String
    ) throws {
        let error = try #require(throws: HandlerOptionError.self) { try Self.program([key: value]) }
        #expect(error.key == key && error.message == message && error.isMistake)
    }

    @Test(arguments: [
        ("Exec", "/none", "cannot run /none: No such file or directory"),
        ("Exec", "/etc", "cannot run /etc: it is a directory"),
        ("Exec", "/etc/passwd", "cannot run /etc/passwd: it is not executable"),
        ("ExecDir", "/none", "/none: No such file or directory"),
        ("ExecDir", "/etc/passwd", "/etc/passwd is not a directory"),
        ("ExecUser", "nobody-of-this-name", "there is no user \"nobody-of-this-name\""),
        ("ExecGroup", "nobody-of-this-name", "there is no group \"nobody-of-this-name\""),
    ])
    func whatIsMissingIsTroubleOfThisMachine(
        _ key: String, _ value: String, _ message: String
    ) throws {
        let error = try #require(throws: HandlerOptionError.self) { try Self.program([key: value]) }
        #expect(error.key == key && error.message == message && !error.isMistake)
    }

    @Test(
        arguments: [
            ("1", 1, 1), ("1:2", 1, 2), ("2K", 2_048, 2_048), ("1M:1G", 1 << 20, 1 << 30),
            ("infinity", nil, nil),
            ("5:infinity", 5, nil),
        ] as [(String, UInt64?, UInt64?)])
    func aLimitIsOneNumberOrTwo(_ text: String, _ soft: UInt64?, _ hard: UInt64?) {
        #expect(ProgramLimit(text: text) == ProgramLimit(soft: soft, hard: hard))
    }

    @Test(arguments: ["", "-1", "1:", ":1", "1:2:3", "K", "99999999999999999999", "99999999999G"])
    func whatIsNoLimitIsNone(_ text: String) { #expect(ProgramLimit(text: text) == nil) }
}
