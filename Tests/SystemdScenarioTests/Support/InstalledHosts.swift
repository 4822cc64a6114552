import TestSupport
import Testing

/// A host for each handler that icshostd brings along, and what its clients do.
enum InstalledHosts {
    /// Every key of theirs that names a path is in it.
    static let configuration = """
        [Host web]
        Hosts=web.test
        HostTag=WEB
        BindIpAddr=127.0.0.1
        BindNonPort=80
        BindSslPort=443
        Handler=web
        ServerHeader=first
        WebDocDir=/srv/web
        WebErrorDir=/srv/errors
        WellKnownPath=/srv/known
        WebDirList=True
        WebLogDir=web
        [Host redirect]
        Hosts=old.test
        BindIpAddr=127.0.0.1
        BindNonPort=80
        Handler=redirect
        WebRedirectURL=https://web.test/
        WebLogDir="plain.log"
        [Host echo]
        Hosts=echo.test
        BindIpAddr=127.0.0.1,unix:/run/icshostd/echo.sock
        BindSslPort=443
        SslCert=/etc/icshostd/echo.pem
        SslKey=/etc/icshostd/echo.key
        Handler=echo
        [Host discard]
        Hosts=discard.test
        BindIpAddr=127.0.0.1
        BindNonPort=9
        Handler=discard
        [Host daytime]
        Hosts=daytime.test
        BindIpAddr=127.0.0.1
        BindNonPort=13
        Handler=daytime
        [Host chargen]
        Hosts=chargen.test
        BindIpAddr=127.0.0.1
        BindNonPort=19
        Handler=chargen
        [Host time]
        Hosts=time.test
        BindIpAddr=127.0.0.1
        BindNonPort=37
        Handler=time
        [Host exec]
        Hosts=exec.test
        BindIpAddr=127.0.0.1
        BindNonPort=7001
        Handler=exec
        Exec=/bin/sh -c "pwd; ulimit -n; cat"
        ExecDir=/srv
        ExecLimitNOFILE=64
        [Host module]
        Hosts=module.test
        BindIpAddr=127.0.0.1
        BindNonPort=7002
        Handler=module
        Module=/usr/lib/icshostd/echo.so
        [Host proxy]
        Hosts=proxy.test
        HostTag=PROXY
        BindIpAddr=127.0.0.1
        BindNonPort=7003
        Handler=proxy
        TarCheck=1s
        TarVerify=True
        TarName=echo.test
        TarCA=/etc/icshostd/echo.pem
        TarCert=/etc/icshostd/echo.pem
        TarKey=/etc/icshostd/echo.key
        [Target1]
        HostTag=PROXY
        HostEnabled=True
        TarHost=127.0.0.1
        TarPort=443
        TarSsl=True

        """

    /// What a client of each handler does, by the handler's name.
    static let exercises: [String: @Sendable (SystemdContainer) throws -> Void] = [
        "web": web,
        "redirect": { (container) throws in
            let answer = try get("/x", of: "old.test", container)
            #expect(answer.hasPrefix("HTTP/1.1 302 "))
            #expect(answer.contains("\r\nLocation: https://web.test/"))
            try waitForLine("GET /x ", in: "plain.log", container)
        },
        "echo": { (container) throws in
            let tls = try TLSClient(over: container.connect(to: 443), name: "echo.test")
            #expect(tls.serverCertificate == "/CN=echo.test")
            #expect(try tls.echoes("over TLS"))
            let path = "UNIX-CONNECT:/run/icshostd/echo.sock"
            let text = try container.succeed("socat", "-t5", "-", path, input: "by a path")
            #expect(text == "by a path")
        },
        "discard": { (container) throws in
            let client = try container.connect(to: 9)
            try client.send("nothing comes back")
            client.endOutput()
            #expect(try client.receiveText().isEmpty)
        },
        "daytime": { (container) throws in
            #expect(try container.connect(to: 13).receiveText().contains(":"))
        },
        "time": { (container) throws in
            #expect(try container.connect(to: 37).receiveAll().count == 4)
        },
        "chargen": { (container) throws in
            #expect(try container.connect(to: 19).receive(atLeast: 74).count >= 74)
        },
        "exec": { (container) throws in
            let text = String(
                decoding: try container.connect(to: 7001).exchange(Array("said".utf8)),
                as: UTF8.self)
            #expect(text == "/srv\n64\nsaid")
        },
        "module": { (container) throws in
            #expect(try container.connect(to: 7002).echoes("by a shared object"))
        },
        "proxy": { (container) throws in
            #expect(try container.connect(to: 7003).echoes("by a target"))
        },
    ]

    /// Installs it with all that it names.
    static func install() throws -> InstalledDaemon {
        let daemon = try InstalledDaemon(configuration)
        try daemon.container.succeed(
            "sh", "-ec",
            """
            mkdir -p /srv/web/files /srv/errors /srv/known /usr/lib/icshostd
            echo documents >/srv/web/index.html
            echo small >/srv/web/files/small.txt
            head -c 1000000 /dev/zero >/srv/web/files/large.bin
            ln -s ../index.html /srv/web/files/inside.html
            ln -s /etc/passwd /srv/web/files/outside.html
            echo 'not here' >/srv/errors/404.html
            echo challenge >/srv/known/token
            cc -O2 -shared -fPIC -I/usr/include/icshostd -o /usr/lib/icshostd/echo.so \
                \(SystemdContainer.repository)/Examples/Modules/echo.c
            cd /etc/icshostd
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 \
                -subj /CN=echo.test -addext subjectAltName=DNS:echo.test \
                -keyout echo.key -out echo.pem 2>&1
            chgrp icshostd echo.key && chmod 640 echo.key
            """)
        return daemon
    }

    @Sendable private static func web(_ container: SystemdContainer) throws {
        let pages = [
            ("/", "200 ", "documents\n"), ("/files/small.txt", "200 ", "small\n"),
            ("/files/inside.html", "200 ", "documents\n"), ("/files/", "200 ", "small.txt"),
            ("/none", "404 ", "not here\n"), ("/files/outside.html", "404 ", "not here\n"),
            ("/.well-known/token", "200 ", "challenge\n"),
        ]
        for (path, status, content) in pages {
            let answer = try get(path, of: "web.test", container)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(path): \(answer)")
            #expect(answer.contains(content), "\(path): \(answer)")
        }
        #expect(try get("/files/large.bin", of: "web.test", container).utf8.count > 1_000_000)
        let tls = try TLSClient(over: container.connect(to: 443), name: "web.test")
        try tls.send("GET / HTTP/1.1\r\nHost: web.test\r\nConnection: close\r\n\r\n")
        #expect(try tls.receiveText().hasSuffix("documents\n"))
        try waitForLine("/files/small.txt", in: "web/webapp-*.log", container)
    }

    static func get(
        _ path: String, of host: String, _ container: SystemdContainer
    ) throws -> String {
        let client = try container.connect(to: 80)
        try client.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        return try client.receiveText()
    }

    /// Waits until an access log has what it must have, while something is done again and again.
    static func waitForLine(
        _ text: String, in files: String, _ container: SystemdContainer,
        _ action: () throws -> Void = {}
    ) throws {
        try waitUntil("\(text) in \(files)") {
            try action()
            let found = try container.run(
                ["sh", "-c", "grep -hF '\(text)' /var/log/icshostd/\(files)"])
            return found.end == .exited(0)
        }
    }
}
