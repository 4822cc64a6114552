import Foundation
import TestSupport

/// icshostd as `make build` and `make install` put it into a container, with the unit that we ship.
final class InstalledDaemon: Sendable {
    let container: SystemdContainer

    /// One host, plain and SSL.
    static let shop = """
        [Host1]
        Hosts=shop.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindNonPort=7007
        BindSslPort=443
        Handler=echo

        """

    /// A plain host and one of SSL.
    static let plainAndShop = """
        [Host1]
        Hosts=plain.test
        HostTag=PLAIN
        BindIpAddr=127.0.0.1
        BindNonPort=7007
        Handler=echo
        [Host2]
        Hosts=shop.test
        HostTag=SHOP
        BindIpAddr=127.0.0.1
        BindSslPort=443
        Handler=echo

        """

    /// Boots a container and installs into it; nothing is started.
    ///
    /// - Parameters:
    ///   - configuration: the text of `/etc/icshostd/icshostd.conf`.
    ///   - binary: the program that is installed as icshostd, the release build where nil.
    ///   - directories: more directories that are to be seen inside.
    /// - Throws: what kept it from being installed.
    init(
        _ configuration: String = shop, binary: String? = nil,
        sharing directories: [String] = []
    ) throws {
        if let fault = InstalledDaemon.faultOfRelease { throw TestFailure(fault) }
        container = try SystemdContainer(
            sharing: [SystemdContainer.repository, Icshostd.directory] + directories)
        try make(
            "install",
            binary.map { ["BINARY=\($0)", "LAUNCHER=\(Icshostd.directory)/icshostd-exec"] } ?? [])
        try configure(configuration)
    }

    /// Why the release build does not show what the sources say, nil when it does.
    private static let faultOfRelease: String? = {
        let built = SystemdContainer.repository + "/.build/release/built"
        let newer = try? Command.succeed([
            "find", SystemdContainer.repository + "/Sources", "-type", "f", "-newer", built,
        ])
        guard let newer else { return "there is no release build to install: run make build" }
        return newer.split(separator: "\n").first.map {
            "\($0) is newer than the release build: run make build"
        }
    }()

    /// Runs make(1) inside, on what was built outside.
    func make(_ target: String, _ settings: [String] = []) throws {
        let command = try container.run(
            ["make", "--silent", "-C", SystemdContainer.repository, target, "PREFIX=/usr"]
                + settings)
        guard command.end == .exited(0) else { throw TestFailure("make: \(command.errors)") }
    }

    /// Writes the configuration anew.
    func configure(_ text: String) throws {
        try container.write(text, to: "/etc/icshostd/icshostd.conf")
    }

    /// Adds settings to the unit.
    func addDropIn(_ text: String, named name: String = "test") throws {
        try container.write(text, to: "/etc/systemd/system/icshostd.service.d/\(name).conf")
        try container.succeed("systemctl", "daemon-reload")
    }

    /// Starts it, which waits for READY=1.
    func start() throws {
        let command = try container.run(["systemctl", "start", "icshostd"])
        guard command.end == .exited(0) else {
            let journal = try container.succeed("journalctl", "--no-pager", "-n", "50")
            throw TestFailure("systemctl start: \(command.errors)\n\(journal)")
        }
    }

    /// A property of the unit, as systemctl shows it.
    func property(_ name: String) throws -> String {
        let text = try container.succeed("systemctl", "show", "-P", name, "icshostd")
        return String(text.dropLast())
    }

    /// Waits until a property is as wished.
    func wait(for name: String, _ isWished: (String) -> Bool) throws {
        var value = ""
        try waitUntil("the wished \(name), not \"\(value)\"") {
            value = try property(name)
            return isWished(value)
        }
    }

    /// The records of the unit with these fields (`NAME=value`), oldest first.
    func records(_ matches: String...) throws -> [[String: String]] { try records(matches) }

    /// Waits for a record with these fields.
    @discardableResult
    func waitForRecord(_ matches: String...) throws -> [String: String] {
        var found: [String: String]?
        try waitUntil("a record with \(matches)") {
            found = try records(matches).last
            return found != nil
        }
        return found ?? [:]
    }

    private func records(_ matches: [String]) throws -> [[String: String]] {
        try container.succeed("journalctl", "--sync")
        let command = try container.run(
            ["journalctl", "--unit", "icshostd", "--output", "json", "--no-pager"] + matches)
        return try command.output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            guard let fields = object as? [String: Any] else { throw TestFailure("not a record") }
            return fields.compactMapValues { $0 as? String }
        }
    }
}
