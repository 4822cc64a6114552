import HandlerAPI
import HandlerTesting
import Testing

@testable import Handlers

/// What becomes of a client when its program ends.
@Suite struct ExecHandlerTests {
    @Test(
        arguments: [
            (.exited(status: 0), true, "/bin/x exited"),
            (.exited(status: 3), true, "/bin/x exited with status 3"),
            (.exited(status: 127), false, "/bin/x exited with status 127"),
            (.killed(signal: 9), false, "/bin/x was killed by signal 9"),
            (.stopped, false, "/bin/x was stopped"),
        ] as [(ProgramEnd, Bool, String)])
    func theEndOfTheProgramIsThatOfItsClient(
        _ end: ProgramEnd, _ isClosed: Bool, _ record: String
    ) async throws {
        let client = ScriptedClient()
        client.programEnd = .success(end)
        let handler = ExecHandler(Program(path: "/bin/x", arguments: ["a"]), limit: 1)
        let outcome = try await client.serve(with: handler)
        #expect(outcome.isClosed == isClosed && outcome.error == nil)
        #expect(client.records.map(\.message) == [record])
        #expect(client.programs.map(\.arguments) == [["a"]])
        // The place of the program is free again.
        let next = ScriptedClient()
        _ = try await next.serve(with: handler)
        #expect(next.programs.count == 1)
    }

    @Test func aProgramThatDoesNotStartEndsItsClientAndFreesItsPlace() async throws {
        let handler = ExecHandler(Program(path: "/bin/x"), limit: 1)
        for _ in 0..<2 {
            let client = ScriptedClient()
            client.programEnd = .failure(ProgramError(reason: "no memory"))
            #expect(try await client.serve(with: handler).error is ProgramError)
        }
    }

    @Test func withoutAPlaceAClientIsRefused() async throws {
        let client = ScriptedClient()
        let handler = ExecHandler(Program(path: "/bin/x"), limit: 0)
        let outcome = try await client.serve(with: handler)
        #expect(!outcome.isClosed && outcome.error == nil && client.programs.isEmpty)
        #expect(client.records.first?.message.hasSuffix("(ExecMax)") == true)
    }

    @Test func theFileDecidesBeforeTheClient() async throws {
        var program = Program(path: "/bin/x")
        program.environment = ["TCPREMOTEIP": "own", "PATH": "/bin"]
        let client = ScriptedClient()
        _ = try await client.serve(with: ExecHandler(program, limit: 1))
        let variables = try #require(client.programs.first?.environment)
        #expect(variables["TCPREMOTEIP"] == "own" && variables["PATH"] == "/bin")
        #expect(variables["TCPREMOTEPORT"] == "4711" && variables["PROTO"] == "TCP")
        #expect(variables["HOSTTAG"] == "Host1" && variables["SSL_PROTOCOL"] == nil)
    }
}
