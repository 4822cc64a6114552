import Glibc
import TestSupport
import Testing

/// What `check` finds out about this machine: addresses, ports, rights, and who has them.
@Suite struct MachineScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func host(_ number: Int, _ lines: String...) -> String {
        "[Host\(number)]\nHosts=h\(number).test\nHostEnabled=True\nHandler=echo\n"
            + lines.map { "\($0)\n" }.joined()
    }

    private func check(
        _ text: String, in file: String = "c.conf", launcher: [String] = []
    ) throws -> Command {
        let path = try directory.write(text, to: file)
        return try Command(launcher + [Icshostd.path, "check", "--config", path])
    }

    @Test func theProcessThatHasAPortIsNamed() throws {
        let port = try ReservedPort(isListening: true)
        let found = try check(
            host(1, "BindIpAddr=127.0.0.1", "BindNonPort=\(port.number)")
                + host(2, "BindIpAddr=127.0.0.2", "BindNonPort=\(port.number)"))
        #expect(found.end == .exited(0))
        let name = try Command.succeed(["cat", "/proc/\(getpid())/comm"]).dropLast()
        #expect(
            found.errors.contains(
                "c.conf:6:13: warning: Host1 would be down: 127.0.0.1:\(port.number) is in use "
                    + "by \"\(name)\", process \(getpid())\n"), "\(found.errors)")
        #expect(!found.errors.contains("Host2"))
    }

    /// As run does: with all ports taken nobody is served, with an address missing it waits.
    @Test func thatNobodyWouldBeServedIsTold() throws {
        let port = try ReservedPort(isListening: true)
        let nobody = ": warning: all hosts would be down: run would fail\n"
        let taken = host(1, "BindIpAddr=127.0.0.1", "BindNonPort=\(port.number)")
        let alone = try check(taken)
        #expect(alone.end == .exited(0) && alone.errors.contains("c.conf:1:1\(nobody)"))
        let waiting = try check(taken + host(2, "BindIpAddr=192.0.2.1", "BindNonPort=7000"))
        #expect(!waiting.errors.contains(nobody))
        let other = try check(taken + host(2, "BindIpAddr=127.0.0.1", "BindNonPort=auto"))
        #expect(!other.errors.contains(nobody))
        let strict = try check("[Server]\nOnHostError=fail\n" + taken)
        #expect(
            strict.errors.contains(
                "warning: Host1 would prevent the start (OnHostError=fail): 127.0.0.1:"))
    }

    @Test func aControlSocketThatCannotBeMadeIsTold() throws {
        let host = host(1, "BindIpAddr=127.0.0.1", "BindNonPort=auto")
        let found = try check("[Server]\nControlSocket=/nowhere/control\n" + host)
        #expect(found.end == .exited(0))
        #expect(
            found.errors.contains(
                "c.conf:2:15: warning: icshostd status and reload could not reach the daemon: cannot "
                    + "create the socket /nowhere/control: No such file or directory\n"),
            "\(found.errors)")
    }

    @Test func whoHasTheWholePortIsNamedToo() throws {
        let port = try ReservedPort(isListening: true)
        let found = try check(host(1, "BindIpAddr=0.0.0.0", "BindNonPort=\(port.number)"))
        #expect(found.errors.contains("0.0.0.0:\(port.number) is in use by \""), "\(found.errors)")
    }

    @Test func hostsOfOnePortAreToldTogether() throws {
        let port = try ReservedPort(isListening: true)
        let found = try check(
            (1...3).map { host($0, "BindIpAddr=::1", "BindSslPort=\(port.number)") }.joined())
        #expect(
            found.errors.contains(
                "warning: Host1 and 2 other hosts would be down: [::1]:\(port.number) is in use"
            ), "\(found.errors)")
    }

    /// Neither TCP nor unix sockets of the daemon that serves the file are in its way.
    @Test func whatTheDaemonOfTheFileHasIsItsOwn() throws {
        let port = try ReservedPort()
        let text = host(
            1, "BindIpAddr=127.0.0.1,unix:\(directory("s.sock")),unix:@\(directory("s"))",
            "BindNonPort=\(port.number)")
        let daemon = try DaemonProcess(text, in: directory, storesDescriptors: false)
        let same = try check(text, in: "icshostd.conf")
        #expect(same.end == .exited(0))
        #expect(same.errors == "", "\(same.errors)")
        // Of another file it is another daemon's.
        let other = try check(text, in: "other.conf")
        let holder = "in use by \"icshostd\", process \(daemon.process.id)\n"
        #expect(other.errors.contains("127.0.0.1:\(port.number) is \(holder)"), "\(other.errors)")
        #expect(other.errors.contains("unix:\(directory("s.sock")) is \(holder)"))
        #expect(other.errors.contains("unix:@\(directory("s")) is \(holder)"))
        // It may be a draft for this daemon, unless it has a control socket of its own.
        #expect(
            other.errors.contains(
                ": note: unless this file replaces \"\(directory("icshostd.conf"))"))
        #expect(other.end == .exited(0) && !other.errors.contains("warning"), "\(other.errors)")
        let mine = try check(
            "[Server]\nControlSocket=\(daemon.controlPath)\n" + text, in: "other.conf")
        #expect(mine.errors.contains(": note: ") && !mine.errors.contains("warning"))
        let foreign = try check(
            "[Server]\nControlSocket=\(directory("control"))\n" + text, in: "other.conf")
        #expect(foreign.errors.contains("warning: Host1 would be down: 127.0.0.1:"))
        #expect(!foreign.errors.contains(": note: "), "\(foreign.errors)")
        #expect(try daemon.stop() == .exited(0))
        #expect(try check(text, in: "other.conf").errors == "")
    }

    /// The daemon's own view is not in the way: what one host lacks is told for each of its endpoints.
    @Test func eachEndpointIsToldAtItsOwnPlace() throws {
        let port = try ReservedPort(isListening: true)
        let found = try check(
            host(1, "BindIpAddr=192.0.2.1,127.0.0.1", "BindNonPort=\(port.number)"))
        #expect(
            found.errors.contains(
                "c.conf:5:12: warning: Host1 would be down: address 192.0.2.1 is not on this "
                    + "machine\n"))
        #expect(found.errors.contains("c.conf:6:13: warning: Host1 would be down: 127.0.0.1:"))
    }

    /// A network namespace of its own, where the limit is 1,024 whatever it is outside.
    private static let isolate = geteuid() == 0 ? ["unshare", "-n"] : ["unshare", "-rn"]

    private static var mayIsolate: Bool {
        (try? Command(isolate + ["true"]).end == .exited(0)) ?? false
    }

    @Test(.enabled(if: mayIsolate, "no network namespace can be made"))
    func aLowPortNeedsACapability() throws {
        let isolate = Self.isolate
        let text =
            host(1, "BindIpAddr=0.0.0.0", "BindNonPort=80")
            + host(2, "BindIpAddr=::", "BindNonPort=8443")
        let without = try check(
            text, launcher: isolate + ["setpriv", "--bounding-set=-net_bind_service"])
        #expect(without.end == .exited(0), "\(without.errors)")
        #expect(
            without.errors.contains(
                "c.conf:6:13: warning: Host1 would be down: 0.0.0.0:80 needs the capability "
                    + "CAP_NET_BIND_SERVICE"), "\(without.errors)")
        #expect(!without.errors.contains("Host2 would"))
        #expect(!(try check(text, launcher: isolate).errors.contains("CAP_NET_BIND_SERVICE")))
    }

    @Test func theDirectoryThatTheServiceIsGivenNeedNotBeThere() throws {
        let runtime = directory("run")
        func check(_ path: String) throws -> Command {
            try self.check(
                host(1, "BindIpAddr=unix:\(path)"),
                launcher: ["env", "RUNTIME_DIRECTORY=\(runtime)"])
        }
        let made = try check("\(runtime)/a.sock")
        #expect(made.end == .exited(0))
        #expect(made.errors == "", "\(made.errors)")
        // Nobody makes what is below it, or beside it.
        for path in ["\(runtime)/b/a.sock", "\(runtime)2/a.sock"] {
            let found = try check(path).errors
            #expect(
                found.contains("would be down: cannot listen on unix:\(path): "), "\(found)")
        }
    }

    /// A socket unit's, or one of the descriptor store, while the daemon that got it runs.
    @Test func socketsThatTheDaemonWasStartedWithAreItsOwn() throws {
        let port = try ReservedPort(isListening: true)
        let text = host(1, "BindIpAddr=127.0.0.1", "BindNonPort=\(port.number)")
        let daemon = try DaemonProcess(
            text, in: directory,
            passed: [.init(name: "icshostd.socket", descriptor: port.descriptor)])
        #expect(daemon.log("is open").count == 1)
        let found = try check(text, in: "icshostd.conf")
        #expect(found.end == .exited(0))
        #expect(found.errors == "", "\(found.errors)")
        #expect(try daemon.stop() == .exited(0))
    }

    /// A process namespace of its own, with another process 1.
    private static let ownProcesses =
        ["unshare"] + (geteuid() == 0 ? [] : ["-r"]) + ["-pf", "--mount-proc"]

    private static var mayHaveOwnProcesses: Bool {
        (try? Command(ownProcesses + ["true"]).end == .exited(0)) ?? false
    }

    /// Which keeps sockets for its services while these do not run.
    @Test(.enabled(if: mayHaveOwnProcesses, "no process namespace can be made"))
    func aSocketOfProcessOneIsOnlyNoted() throws {
        let port = try ReservedPort(isListening: true)
        let file = try directory.write(
            host(1, "BindIpAddr=127.0.0.1", "BindNonPort=\(port.number)"), to: "c.conf")
        // The shell stays, for it has another command to run.
        let manager = try ChildProcess(
            Self.ownProcesses + [
                "sh", "-c", "\"$0\" check --config \"$1\"; exit $?", Icshostd.path, file,
            ], descriptors: [port.descriptor])
        #expect(try manager.waitForEnd() == .exited(0))
        #expect(
            manager.errors.contains(
                "c.conf:6:13: note: 127.0.0.1:\(port.number) is held by \"sh\", which passes it to a "
                    + "service: Host1 can use it if that service is icshostd\n"),
            "\(manager.errors)")
        #expect(!manager.errors.contains("warning"))
    }

    /// By another way through the tree, or a link.
    @Test func twoNamesOfOneSocketFileAreToldWithBothPlaces() throws {
        try Command.succeed(["ln", "-s", directory.path, directory("link")])
        try Command.succeed(["mkdir", directory("sub")])
        let found = try check(
            host(1, "BindIpAddr=unix:\(directory("s.sock"))")
                + host(2, "BindIpAddr=unix:\(directory("link/sub/../s.sock"))")
                + host(3, "BindIpAddr=unix:\(directory("other.sock"))"))
        #expect(found.end == .exited(1))
        #expect(
            found.errors.contains(
                "c.conf:10:12: error: Host2 would be down: unix:\(directory("link/sub/../s.sock")) "
                    + "is the same file as unix:\(directory("s.sock"))\n"), "\(found.errors)")
        #expect(found.errors.contains("c.conf:5:12: note: unix:\(directory("s.sock")) is here\n"))
        #expect(!found.errors.contains("Host3"))
    }

    @Test func aHostThatTakesTheControlSocketIsTold() throws {
        let found = try check(
            "[Server]\nControlSocket=\(directory("control"))\n"
                + host(1, "BindIpAddr=unix:\(directory("./control"))"))
        #expect(found.end == .exited(1))
        #expect(
            found.errors.contains(
                "c.conf:7:12: error: unix:\(directory("./control")) is also the path of ControlSocket"
            ),
            "\(found.errors)")
        #expect(found.errors.contains("c.conf:2:15: note: ControlSocket is here\n"))
    }

    /// Root could give the file to anybody; the user of the service cannot.
    @Test(.enabled(if: geteuid() == 0, "only root can check for another user"))
    func anOwnerThatTheServiceCannotGiveTheFileIsTold() throws {
        let folder = directory("run")
        try Command.succeed(["install", "-d", "-o", "nobody", folder])
        let file = try directory.write(
            host(1, "BindIpAddr=unix:\(folder)/s.sock", "UnixOwner=daemon"), to: "c.conf")
        for path in [directory.path, file] { try Command.succeed(["chmod", "755", path]) }
        let found = try Icshostd.run("check", "--user", "nobody", file)
        #expect(
            found.errors.contains(
                "c.conf:6:11: warning: Host1 would be down: unix:\(folder)/s.sock cannot be given "
                    + "to UnixOwner: that needs a group which the user of icshostd is in, or the "
                    + "capability CAP_CHOWN\n"), "\(found.errors)")
        try directory.write(
            host(1, "BindIpAddr=unix:\(folder)/s.sock", "UnixOwner=nobody"), to: "c.conf")
        #expect(try Icshostd.run("check", "--user", "nobody", file).errors == "")
        // Nor may it make a file where only root may.
        try directory.write(host(1, "BindIpAddr=unix:\(directory("s.sock"))"), to: "c.conf")
        let forbidden = try Icshostd.run("check", "--user", "nobody", file)
        #expect(forbidden.errors.contains("c.conf:5:12: warning: Host1 would be down: cannot"))
    }

    /// Of a key and of a place for logs, too, the remedy is for the user who is asked for.
    @Test(.enabled(if: geteuid() == 0, "only root can check for another user"))
    func theRemedyNamesTheUserWhoIsCheckedFor() throws {
        let log = directory("log")
        try Command.succeed(["install", "-d", "-m", "755", log])
        let file = try directory.write(
            "[Host1]\nHosts=a.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=web\n"
                + "WebDocDir=/usr/share\nWebLogDir=\(log)\n"
                + "[Host2]\nHosts=b.test\nBindIpAddr=127.0.0.1\nBindNonPort=auto\nHandler=web\n"
                + "WebDocDir=/usr/share\nWebLogDir=\(log)/none\n", to: "c.conf")
        for path in [directory.path, file] { try Command.succeed(["chmod", "755", path]) }
        let found = try Icshostd.run("check", "--user", "nobody", file).errors
        #expect(
            found.contains(
                "\(log): Permission denied for user nobody: let the user write there: "
                    + "setfacl -m u:nobody:rwx '\(log)'\n"), "\(found)")
        #expect(
            found.contains(
                "\(log)/none: No such file or directory for user nobody: make it: "
                    + "install -d -o nobody '\(log)/none'\n"), "\(found)")
    }

    @Test func anOwnerThatCannotBeGivenTheFileIsTold() throws {
        let text = host(1, "BindIpAddr=unix:\(directory("s.sock"))", "UnixOwner=no-such-user")
        let found = try check(text)
        #expect(found.errors.contains("c.conf:6:11: warning: Host1 would be down: "))
        #expect(found.errors.contains("getpwnam: "))
    }
}
