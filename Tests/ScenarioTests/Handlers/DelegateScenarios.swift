import TestSupport
import Testing

/// A daemon with a handler of its own, which hands its clients to built-in ones.
@Suite struct DelegateScenarios {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write("a page\n", to: "index.html")
    }

    private static let binary = "\(Icshostd.directory)/BlockingDaemon"

    private func configuration(_ keys: String) throws -> String {
        """
        [Server]
        LogLevel=debug
        DrainTimeout=3600
        [Host1]
        Hosts=a.test
        HostTag=SORT
        BindIpAddr=127.0.0.1
        BindNonPort=auto
        BindSslPort=auto
        \(try Certificates(in: directory).pair("a.test").settings)
        Handler=sorting
        WebDocDir=\(directory.path)
        \(keys)

        """
    }

    private func clients(_ daemon: DaemonProcess) throws -> [any TestClient] {
        [try daemon.plainClient(), try daemon.tlsClient(name: "a.test")]
    }

    @Test func builtInHandlersServeWhatIsHandedToThem() throws {
        let daemon = try DaemonProcess(
            starting: try configuration(""), in: directory, binary: Self.binary)
        try daemon.wait("READY=1") { daemon.notify.datagrams.contains("READY=1") }
        try daemon.waitForLog(" is open", count: 2)
        for client in try clients(daemon) {
            try client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try client.receiveText().hasSuffix("\r\n\r\na page\n"))
        }
        let old = try clients(daemon)
        for client in old { #expect(try client.echoes("no request")) }
        try daemon.reload(try configuration("Rest=exec\nProgram=/bin/cat"))
        for client in old {
            #expect(try client.echoes("still echo"))
            client.close()
        }
        for client in try clients(daemon) {
            try client.send("to a program")
            client.endOutput()
            #expect(try client.receiveText() == "to a program")
            client.close()
        }
        for client in try clients(daemon) {
            try client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try client.receiveText().hasSuffix("\r\n\r\na page\n"))
        }
        #expect(try daemon.stop() == .exited(0))
    }

    @Test func checkFindsTheMistakesOfItsHandlers() throws {
        let path = try directory.write(
            try configuration("Rest=ech\nWebDefDoc=a/b"), to: "a.conf")
        let check = try Command([Self.binary, "check", "--config", path])
        #expect(check.end == .exited(1))
        #expect(check.errors.contains("WebDefDoc: must be names of files"))
        try directory.write(try configuration("Rest=ech"), to: "a.conf")
        let other = try Command([Self.binary, "check", "--config", path])
        #expect(other.errors.contains("Handler: no handler named \"ech\": did you mean \"echo\"?"))
    }
}
