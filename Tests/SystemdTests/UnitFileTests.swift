import Glibc
import Testing

@Suite struct UnitFileTests {
    private static let root =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    @Test(arguments: [
        "Type=notify", "NotifyAccess=main", "WatchdogSec=30",
        "ExecStart=/usr/bin/icshostd run --config /etc/icshostd/icshostd.conf",
        "User=icshostd", "Group=icshostd", "StateDirectory=icshostd", "RuntimeDirectory=icshostd",
        "AmbientCapabilities=CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE",
        "Restart=on-failure", "RestartPreventExitStatus=1 2", "ProtectSystem=strict",
        "MemoryDenyWriteExecute=yes", "FileDescriptorStoreMax=4096", "RestartSec=200ms",
        "RuntimeDirectoryPreserve=restart", "StartLimitIntervalSec=0",
        "Environment=SWIFT_BACKTRACE=enable=no", "SystemCallErrorNumber=EPERM",
    ])
    func says(_ setting: String) throws {
        #expect(try lines(of: "systemd/icshostd.service").contains(setting))
    }

    @Test(.enabled(if: unsafe access("/usr/bin/systemd-analyze", X_OK) == 0, "no systemd-analyze"))
    func isExposedLittle() throws {
        let unit = Self.root + "/systemd/icshostd.service"
        let status = unsafe system(
            "systemd-analyze security --offline=true --threshold=16 \(unit) >&2")
        #expect(status == 0)
    }

    @Test(.enabled(if: unsafe access("/usr/bin/systemd-analyze", X_OK) == 0, "no systemd-analyze"))
    func isExposedALittleMoreWithProgramsOfOtherUsers() throws {
        var template = Array("/tmp/icshostd-unit-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8($0) }, as: UTF8.self)
        defer { _ = unsafe system("rm -r \(directory)") }
        let unit = "\(directory)/icshostd.service"
        let files = "\(Self.root)/systemd/icshostd.service \(Self.root)/systemd/icshostd-exec.conf"
        let status = unsafe system(
            "cat \(files) >\(unit) && "
                + "systemd-analyze security --offline=true --threshold=21 \(unit) >&2")
        #expect(status == 0)
    }

    @Test func keepsAsManyListenersAsCheckThinks() throws {
        // `ListenerStore.shippedRoom`, which this module cannot see.
        let source = try lines(of: "Sources/SocketServerDaemon/Reload/ListenerStore+Room.swift")
        #expect(source.contains("    static let shippedRoom = 4_096"))
        #expect(try lines(of: "systemd/icshostd.service").contains("FileDescriptorStoreMax=4096"))
    }

    @Test func allowsADescriptorPerClient() throws {
        let limit = try #require(
            lines(of: "systemd/icshostd.service").first { $0.hasPrefix("LimitNOFILE=") })
        #expect(try #require(Int(limit.dropFirst("LimitNOFILE=".count))) >= 524_288)
    }

    @Test func makesTheUserThatTheUnitNames() throws {
        #expect(try lines(of: "systemd/icshostd.sysusers").contains { $0.hasPrefix("u icshostd ") })
    }

    /// The lines of a file of the repository.
    private func lines(of path: String) throws -> [String] {
        let file = unsafe fopen("\(Self.root)/\(path)", "r")
        try #require(unsafe file != nil, "\(path) is missing")
        defer { _ = unsafe file.map { unsafe fclose($0) } }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe file.map { unsafe fread(&bytes, 1, bytes.count, $0) } ?? 0
        return String(decoding: bytes.prefix(count), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}
