import Configuration
import Glibc
import HandlerAPI
import NetworkTypes
import Planning
import Platform
import Serving
import Systemd
import TestSupport
import Testing

@testable import SocketServerDaemon

/// The findings about this machine, and about the unit of the service, for real files and sockets.
@Suite struct MachineCheckTests {
    private struct Idle: Handler {
        static let name = "idle"
        static let summary = "waits"
        static let keys: [any DeclaredKey] = [
            HandlerKey("Folder", .path, default: nil, help: "A directory.")
        ]

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func planned(_ text: String) throws -> PlannedConfiguration {
        let path = try directory.write(text, to: "c.conf")
        return try PlannedConfiguration(path: path, registry: HandlerRegistry([Idle.self]))
    }

    private func host(_ number: Int, _ keys: String) -> String {
        "[Host\(number)]\nHosts=*\nHandler=idle\n\(keys)\n"
    }

    /// The findings, with the directory of the test as `DIR`.
    private func findings(_ text: String) throws -> [String] {
        MachineCheck.check(try planned(text), for: nil).sorted().map {
            "\($0.severity): \($0.message)".replacing(directory.path, with: "DIR")
        }
    }

    @Test func freePortsHaveNoFindings() throws {
        #expect(try findings(host(1, "BindIpAddr=127.0.0.1\nBindNonPort=auto")) == [])
    }

    /// A process without visible descriptors: here this one, which is not searched.
    @Test func aPortOfAnInvisibleProcessIsInUse() throws {
        let port = try ReservedPort()
        let listener = try ForeignListener(port)
        let found = try findings(
            host(1, "BindIpAddr=127.0.0.1\nBindNonPort=\(port.number)")
                + host(2, "BindIpAddr=127.0.0.1\nBindNonPort=auto"))
        #expect(
            found == [
                "warning: Host1 would be down: 127.0.0.1:\(port.number) is in use by another program"
            ])
        withExtendedLifetime(listener) {}
    }

    @Test func whereAllHostsWouldBeDownTheStartFails() throws {
        let port = try ReservedPort()
        let listener = try ForeignListener(port)
        let found = try findings(host(1, "BindIpAddr=127.0.0.1\nBindNonPort=\(port.number)"))
        #expect(found.contains("warning: all hosts would be down: run would fail"))
        withExtendedLifetime(listener) {}
    }

    /// An address may appear later, so the daemon waits for it.
    @Test func anAddressOfAnotherMachineIsAwaited() throws {
        let found = try findings(host(1, "BindIpAddr=192.0.2.1\nBindNonPort=auto"))
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("warning: Host1 would be down: address 192.0.2.1 is not on this")
                == true)
    }

    @Test func onHostErrorFailPreventsTheStart() throws {
        let found = try findings(
            "[Server]\nOnHostError=fail\n" + host(1, "BindIpAddr=192.0.2.1\nBindNonPort=auto"))
        #expect(
            found.first?.hasPrefix("warning: Host1 would prevent the start (OnHostError=fail): ")
                == true)
    }

    @Test func twoPathsOfOneSocketAreAMistake() throws {
        let found = try findings(
            host(1, "BindIpAddr=unix:\(directory("s"))")
                + host(2, "BindIpAddr=unix:\(directory("."))/s"))
        #expect(
            found.contains {
                $0.hasPrefix("error: Host2 would be down: unix:")
                    && $0.hasSuffix("is the same file as unix:DIR/s")
            }, "\(found)")
    }

    @Test func theControlSocketCannotBeAListener() throws {
        let found = try findings(
            "[Server]\nControlSocket=\(directory("s"))\n"
                + host(1, "BindIpAddr=unix:\(directory("s"))"))
        #expect(
            found.contains(
                "error: unix:DIR/s is also the path of ControlSocket: no command could reach the daemon"
            ), "\(found)")
    }

    @Test func aControlSocketWithoutADirectoryIsReported() throws {
        let found = try findings(
            "[Server]\nControlSocket=/no/such/s\n"
                + host(1, "BindIpAddr=127.0.0.1\nBindNonPort=auto"))
        #expect(
            found == [
                "warning: icshostd status and reload could not reach the daemon: cannot create the "
                    + "socket /no/such/s: No such file or directory"
            ])
    }

    private static let unit = ServiceView(
        UnitSettings(
            unit: "icshostd.service", protectSystem: "strict", hasPrivateTmp: true,
            ownDirectories: ["/run/icshostd"]))

    private static let remedy = "(ProtectSystem=strict): add ReadWritePaths="

    @Test func theUnitMustAllowTheDirectoriesOfTheServer() throws {
        let found = UnitCheck.check(
            try planned(
                "[Server]\nStateDirectory=/srv/state\nControlSocket=/srv/control\n"
                    + host(1, "BindIpAddr=127.0.0.1\nBindNonPort=auto")), Self.unit
        ).sorted().map(\.message)
        #expect(found.count == 2)
        #expect(found[0].hasPrefix("StateDirectory: /srv/state is read-only for icshostd.service"))
        #expect(found[1].hasPrefix("ControlSocket: /srv is read-only for icshostd.service"))
        #expect(found.allSatisfy { $0.contains(Self.remedy) })
    }

    @Test func theUnitMustAllowTheSocketsOfHosts() throws {
        let found = UnitCheck.check(
            try planned(
                host(1, "BindIpAddr=unix:/srv/s") + host(2, "BindIpAddr=unix:/run/icshostd/s")),
            Self.unit
        ).sorted().map(\.message)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("Host1 cannot be reached at unix:/srv/s: /srv is read-only for"))
    }

    @Test func filesThatTheUnitHidesAreMistakesOfEnabledHosts() throws {
        let keys = "BindIpAddr=127.0.0.1\nBindSslPort=auto\nSslCert=/tmp/a.pem\nFolder=/tmp/f"
        let diagnostics = UnitCheck.check(
            try planned(
                host(1, keys) + host(2, keys.replacing("/tmp/", with: "/srv/"))
                    + host(3, keys + "\nHostEnabled=False")), Self.unit)
        let found = diagnostics.sorted().map(\.message)
        #expect(diagnostics.count(.error) == found.count)
        #expect(
            found.contains(
                "Host1: SslCert: /tmp/a.pem is hidden from icshostd.service (PrivateTmp=yes): use "
                    + "another directory"))
        #expect(found.allSatisfy { $0.hasPrefix("Host1: ") })
    }
}
