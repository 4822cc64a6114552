import Glibc
import TestSupport
import Testing

/// Starts that are long, crowded, or lack what programs expect.
@Suite struct StartScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test func aSignalEndsAStartThatMakesManyCertificates() throws {
        let port = try ReservedPort()
        let hosts = (1...1_000).map { host($0, "BindSslPort=\(port.number)") }
        let daemon = try DaemonProcess(starting: hosts.joined(), in: directory)
        try daemon.wait("the first certificate") { hasCertificate(1) }
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log.last == "notice: stopped while starting")
        #expect(!hasCertificate(1_000))
        #expect(!daemon.notify.datagrams.contains("READY=1"))
    }

    private func blockingDaemon(_ configuration: String) throws -> DaemonProcess {
        try DaemonProcess(
            starting: configuration, in: directory,
            binary: "\(Icshostd.directory)/BlockingDaemon")
    }

    /// One handler blocks in its start, which times out, the other in the stop that follows.
    @Test func handlersThatBlockTheirLoopsCannotKeepAFailedStart() throws {
        let daemon = try blockingDaemon(
            "[Server]\nOnHostError=fail\n"
                + host(1, "BindNonPort=auto", handler: "blocking-stop")
                + host(2, "BindNonPort=auto", handler: "blocking-start"))
        try daemon.waitForLog("runs")
        try daemon.waitForLog("blocks")
        #expect(try daemon.process.waitForEnd() == .exited(1))
        #expect(
            daemon.log.last
                == "error: not started: OnHostError=fail, and a host is in trouble")
    }

    @Test func aHandlerThatBlocksItsLoopCannotKeepAnInterruptedStart() throws {
        let daemon = try blockingDaemon(host(1, "BindNonPort=auto", handler: "blocking-start"))
        try daemon.waitForLog("blocks")
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log.last == "notice: stopped while starting")
    }

    @Test(arguments: [100, 101])
    func upToAHundredHostsGetARecordEach(_ count: Int) throws {
        let hosts = (1...count).map { host($0, "BindNonPort=auto") }
        let daemon = try DaemonProcess(starting: hosts.joined(), in: directory)
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        #expect(try daemon.stop() == .exited(0))
        #expect(daemon.log("is up").count == (count == 100 ? 100 : 0))
        #expect(daemon.log("info: 101 hosts are up").count == (count == 100 ? 0 : 1))
        #expect(daemon.log("is open").count == (count == 100 ? 100 : 0))
    }

    @Test func aSlowLogNamesEachOfThousandsOfHostsThatAreDown() throws {
        let port = try ReservedPort()
        let pair = try Certificates(in: directory).pair("a.test")
        let hosts = (1...5_000).map { number in
            host(
                number, "BindSslPort=\(port.number)\n\(pair.settings)",
                handler: number == 5_000 ? "nosuch" : "echo")
        }
        // The pipe is full from the beginning, and the queue has less room than a record each takes.
        let fill = "dd if=/dev/zero of=/dev/fd/3 oflag=nonblock bs=4096 count=1024"
        let daemon = try DaemonProcess(
            starting: hosts.joined(), in: directory,
            launcher: [
                "sh", "-c", "mkfifo $0 && exec 3<>$0; \(fill); exec \"$@\" 2>&3", directory("fifo"),
            ])
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        let log = try ChildProcess(["cat", directory("fifo")])
        daemon.process.send(SIGTERM)
        #expect(try daemon.process.waitForEnd() == .exited(0))
        #expect(try log.waitForEnd() == .exited(0))
        #expect(log.output.contains("host Host5000 is down: no handler named"))
        #expect(log.output.contains("info: 4999 hosts are up"))
        #expect(!log.output.contains("events were dropped"))
    }

    @Test func closedStandardStreamsAreFilled() throws {
        let daemon = try DaemonProcess(
            starting: host(1, "BindNonPort=auto"), in: directory,
            launcher: ["sh", "-c", "exec \"$@\" 0<&- 1>&- 2>&-", "sh"])
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        for number in 0...2 {
            let target = try Command.succeed([
                "readlink", "/proc/\(daemon.process.id)/fd/\(number)",
            ])
            #expect(target == "/dev/null\n")
        }
        let client = try PlainClient(to: "127.0.0.1", port: daemon.statusPorts()[0])
        #expect(try client.echoes("hello"))
    }

    @Test(arguments: ["\u{1B}", "\u{9B}", "\u{202E}"])
    func whatATerminalObeysIsNotInTheLog(_ evil: String) throws {
        let pair = try Certificates(in: directory).pair("a.test")
        let daemon = try DaemonProcess(
            "[Server]\nLogLevel=debug\n"
                + host(1, "BindSslPort=auto\nHostTag=tag\(evil)31m\n\(pair.settings)"),
            in: directory)
        // Such a name is none of a host, and is shown to nobody as it came.
        #expect(throws: (any Error).self) {
            try daemon.tlsClient(name: "name\(evil)31m").echoes("hello")
        }
        try daemon.waitForLog("failed its TLS handshake")
        #expect(!daemon.log("tag\u{FFFD}31m is up").isEmpty)
        #expect(!daemon.process.errors.unicodeScalars.contains { String($0) == evil })
    }

    private func hasCertificate(_ number: Int) -> Bool {
        unsafe access(directory("state/certificates/host\(number).pem"), F_OK) == 0
    }

    private func host(_ number: Int, _ keys: String, handler: String = "echo") -> String {
        """
        [Host\(number)]
        Hosts=\(number).a.test
        BindIpAddr=127.0.0.1
        \(keys)
        Handler=\(handler)

        """
    }
}
