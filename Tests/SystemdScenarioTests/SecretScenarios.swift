import Glibc
import TestSupport
import Testing

extension SystemdScenarios {
    /// Keys and passwords that only root may read, or the group of the service.
    @Suite struct SecretScenarios {
        private static let hosts = """
            [Host1]
            Hosts=plain.test
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

        /// Makes a certificate inside, with a key that root alone may read.
        private func makePair(
            _ certificate: String, _ key: String, in container: SystemdContainer,
            _ words: [String] = ["-nodes"]
        ) throws {
            let command =
                [
                    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-days", "90", "-subj", "/CN=shop.test", "-addext",
                    "subjectAltName=DNS:shop.test", "-keyout", key, "-out", certificate,
                ] + words
            let made = try container.run(command)
            #expect(made.end == .exited(0), "\(made.errors)")
            try container.succeed("chmod", "600", key)
        }

        private func connect(_ daemon: InstalledDaemon) throws -> TLSClient {
            try TLSClient(over: daemon.container.connect(to: 443), name: "shop.test")
        }

        /// The three ways in which systemd gives one, and a file that it cannot come from.
        @Test func aPasswordIsACredential() throws {
            let daemon = try InstalledDaemon(
                Self.hosts + """
                    SslCert=/etc/icshostd/cert.pem
                    SslKey=/etc/icshostd/key.pem
                    SslPassword=credential:shop.password
                    """)
            let container = daemon.container
            try makePair(
                "/etc/icshostd/cert.pem", "/etc/icshostd/key.pem", in: container,
                ["-passout", "pass:open sesame"])
            try container.succeed("chgrp", "icshostd", "/etc/icshostd/key.pem")
            try container.succeed("chmod", "640", "/etc/icshostd/key.pem")
            try daemon.start()
            try daemon.waitForRecord(
                "HOST_TAG=SHOP", "PRIORITY=3",
                "MESSAGE=host SHOP is down: there is no credential \"shop.password\": add"
                    + " LoadCredential=shop.password:PATH to the unit"
                    + " (/etc/icshostd/icshostd.conf:15:13)")
            // Root alone may read where it comes from.
            try container.write("open sesame\n", to: "/etc/icshostd/secret/password")
            try container.succeed("chmod", "700", "/etc/icshostd/secret")
            for credential in [
                "LoadCredential=shop.password:/etc/icshostd/secret/password",
                "SetCredential=shop.password:open sesame",
            ] {
                try daemon.addDropIn("[Service]\n\(credential)\n")
                try container.succeed("systemctl", "restart", "icshostd")
                let client = try connect(daemon)
                #expect(client.serverCertificate == "/CN=shop.test")
                #expect(try client.echoes(credential))
            }
            try daemon.addDropIn("[Service]\nSetCredential=shop.password:wrong\n")
            try container.succeed("systemctl", "restart", "icshostd")
            try daemon.waitForRecord(
                "HOST_TAG=SHOP", "PRIORITY=3",
                "MESSAGE=host SHOP is down: key file \"/etc/icshostd/key.pem\" contains a private key"
                    + " that the password does not open (/etc/icshostd/icshostd.conf:14:8)")
            #expect(try container.connect(to: 7007).echoes("hello"))
        }

        /// What certbot keeps for root alone: what is printed is enough to read and to watch it.
        @Test func whatIsPrintedOpensTheFilesOfCertbot() throws {
            let live = "/etc/letsencrypt/live/shop.test"
            let daemon = try InstalledDaemon(
                Self.hosts + "SslCert=\(live)/fullchain.pem\nSslKey=\(live)/privkey.pem\n")
            let container = daemon.container
            try container.succeed(
                "sh", "-c",
                """
                cd /etc/letsencrypt 2>/dev/null || { mkdir /etc/letsencrypt; cd /etc/letsencrypt; }
                mkdir -p live/shop.test archive/shop.test && chmod 700 live archive
                """)
            try renew(1, in: container)
            var printed: [String] = []
            while printed.count < 10 {
                let check = try container.run(["icshostd", "check"])
                if check.end == .exited(0) { break }
                let start = try #require(
                    check.errors.firstRange(of: "let the group icshostd read it: "),
                    "\(check.errors)"
                ).upperBound
                let command = check.errors[start...].prefix { !",\n".contains($0) }
                printed.append(String(command))
                try container.succeed("sh", "-c", String(command))
            }
            #expect(
                printed == [
                    "setfacl -m g:icshostd:rx /etc/letsencrypt/live"
                        + " && setfacl -m g:icshostd:r \(live)/fullchain.pem",
                    "setfacl -m g:icshostd:rx /etc/letsencrypt/archive"
                        + " && setfacl -m g:icshostd:r \(live)/fullchain.pem",
                    "setfacl -m g:icshostd:r \(live)/privkey.pem",
                ])
            try daemon.start()
            #expect(try connect(daemon).echoes("hello"))
            try renew(2, in: container)
            try daemon.waitForRecord("HOST_TAG=SHOP", "MESSAGE_ID=5972148acb6d4b51b0c2e96634063861")
            #expect(try connect(daemon).echoes("hello"))
            #expect(try daemon.polling.isEmpty)
            // To enter is enough to serve; who may not list is told that it costs a look a second.
            try container.succeed("setfacl", "-m", "g:icshostd:x", "/etc/letsencrypt/archive")
            try container.succeed("systemctl", "restart", "icshostd")
            try waitUntil("a record about the directory") {
                try daemon.polling.contains {
                    $0.hasSuffix(
                        "\"/etc/letsencrypt/archive\" on their way may not be read by"
                            + " user icshostd: setfacl -m g:icshostd:rx /etc/letsencrypt/archive")
                }
            }
            let before = try daemon.replacements
            try renew(3, in: container)
            try waitUntil("another certificate") { try daemon.replacements > before }
        }

        /// Does what `certbot renew` does: new files, readable by whom the old ones were, new links.
        private func renew(_ number: Int, in container: SystemdContainer) throws {
            let archive = "/etc/letsencrypt/archive/shop.test"
            let names = (
                "\(archive)/fullchain\(number).pem", "\(archive)/privkey\(number).pem"
            )
            try makePair(names.0, names.1, in: container)
            for name in ["fullchain", "privkey"] {
                try container.succeed(
                    "sh", "-c",
                    """
                    cd /etc/letsencrypt/live/shop.test
                    test ! -e \(name).pem || getfacl \(name).pem 2>/dev/null |
                        setfacl --set-file=- ../../archive/shop.test/\(name)\(number).pem
                    ln -s ../../archive/shop.test/\(name)\(number).pem \(name).new
                    mv -T \(name).new \(name).pem
                    """)
            }
        }
    }
}

extension InstalledDaemon {
    /// What it has said about files that it cannot watch.
    fileprivate var polling: [String] {
        get throws {
            try records().compactMap { $0["MESSAGE"] }.filter {
                $0.contains("are checked every second")
            }
        }
    }

    /// How often a new certificate came into force.
    fileprivate var replacements: Int {
        get throws { try records("MESSAGE_ID=5972148acb6d4b51b0c2e96634063861").count }
    }
}
