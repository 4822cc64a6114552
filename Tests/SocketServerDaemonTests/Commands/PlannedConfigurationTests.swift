import Configuration
import HandlerAPI
import Planning
import Serving
import TestSupport
import Testing

@testable import SocketServerDaemon

/// How `check` and `plan` judge findings about hosts.
@Suite struct PlannedConfigurationTests {
    private struct Idle: Handler {
        static let name = "idle"
        static let summary = "waits"
        static let broken = HandlerKey("Broken", .boolean, default: false, help: "Fails.")
        static let keys: [any DeclaredKey] = [broken]

        init(_ options: HandlerOptions) throws {
            guard options[Self.broken] else { return }
            throw HandlerOptionError(Self.broken, isMistake: false, "it is broken")
        }

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    private static let registry = HandlerRegistry([Idle.self])
    private static let broken = "BindNonPort=auto\nBroken=True"

    private func planned(_ server: String, _ keys: String) throws -> PlannedConfiguration {
        let directory = try TemporaryDirectory()
        let text =
            "[Server]\n\(server)\n[Host1]\nHosts=*\nHandler=idle\nBindIpAddr=127.0.0.1\n\(keys)\n"
            + "[Host2]\nHosts=*\nHandler=idle\nBindIpAddr=127.0.0.1\nBindNonPort=auto\n"
        return try PlannedConfiguration(
            path: directory.write(text, to: "c.conf"), registry: Self.registry)
    }

    private func judged(
        server: String = "", keys: String = "BindNonPort=auto"
    ) throws -> (found: [String], troubled: Set<Int>) {
        var planned = try planned(server, keys)
        try #require(planned.loaded.diagnostics.isEmpty, "\(planned.report)")
        planned.append(
            HostPreparation.examine(
                planned.plan, registry: Self.registry, stateDirectory: "/nowhere"))
        let found = planned.loaded.diagnostics.sorted().map {
            "\($0.severity): \($0.message)".replacing(#/"\/.*/#, with: "…")
        }
        return (found, planned.troubled)
    }

    @Test func aHostInTroubleWouldBeDown() throws {
        let (found, troubled) = try judged(keys: Self.broken)
        #expect(found == ["error: Host1 would be down: Broken: it is broken"] && troubled == [0])
    }

    @Test func aDisabledHostIsAWarning() throws {
        let (found, troubled) = try judged(keys: Self.broken + "\nHostEnabled=False")
        #expect(
            found.contains("warning: Host1 would be down if it were enabled: Broken: it is broken"))
        #expect(troubled.isEmpty)
    }

    @Test func onHostErrorFailPreventsTheStart() throws {
        let (found, troubled) = try judged(server: "OnHostError=fail", keys: Self.broken)
        #expect(
            found == [
                "error: Host1 would prevent the start (OnHostError=fail): Broken: it is broken"
            ])
        #expect(troubled == [0])
    }

    /// Its plain port serves without the certificate.
    @Test func aCertificateCostsAHostItsSSLClients() throws {
        let keys = "BindNonPort=auto\nBindSslPort=auto\nSslCert=/dev/null"
        let (found, troubled) = try judged(keys: keys)
        #expect(found == ["error: SSL clients of Host1 would be refused: certificate file …"])
        #expect(troubled.isEmpty)
        let (strict, down) = try judged(server: "OnHostError=fail", keys: keys)
        #expect(
            strict == [
                "error: Host1 would prevent the start (OnHostError=fail): certificate file …"
            ])
        #expect(down == [0])
    }
}
