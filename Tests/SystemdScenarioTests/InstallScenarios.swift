import TestSupport
import Testing

extension SystemdScenarios {
    /// What `make install` puts where, and `make uninstall` takes away.
    @Suite struct InstallScenarios {
        @Test func installedIsStartedInOneGoAndUninstalledWithoutATrace() throws {
            let daemon = try InstalledDaemon()
            let container = daemon.container
            try container.succeed("systemctl", "enable", "icshostd")
            try daemon.start()
            #expect(try container.connect(to: 7007).echoes("hello"))
            #expect(try container.run(["icshostd", "status"]).end == .exited(0))
            try container.succeed("test", "-s", "/usr/share/man/man5/icshostd.conf.5")
            try daemon.make("uninstall")
            #expect(try container.run(["pgrep", "-x", "icshostd"]).end == .exited(1))
            let left = try container.succeed(
                "find", "/usr", "/etc", "-name", "*icshostd*", "-not", "-path", "*/src/*",
                "-not", "-path", "\(SystemdContainer.repository)/*")
            // The configuration is the operator's, and the user owns what it has written.
            #expect(left == "/etc/icshostd\n/etc/icshostd/icshostd.conf\n")
            #expect(try container.run(["systemctl", "cat", "icshostd"]).end != .exited(0))
        }

        @Test func aConfigurationIsNeverOverwritten() throws {
            let daemon = try InstalledDaemon()
            try daemon.make("install")
            #expect(
                try daemon.container.succeed("cat", "/etc/icshostd/icshostd.conf")
                    == InstalledDaemon.shop)
        }

        @Test func theUserOwnsItsDirectoriesAndNobodyElseLooksIn() throws {
            let daemon = try InstalledDaemon()
            try daemon.start()
            let owners = try daemon.container.succeed(
                "stat", "-c", "%U:%G %a", "/var/lib/icshostd", "/run/icshostd/control")
            #expect(owners == "icshostd:icshostd 750\nicshostd:icshostd 600\n")
        }

        @Test func checkReadsWithTheRightsOfTheService() throws {
            let daemon = try InstalledDaemon()
            let container = daemon.container
            try container.succeed(
                "sh", "-c",
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 \
                -subj /CN=shop.test -addext subjectAltName=DNS:shop.test \
                -keyout /etc/icshostd/key.pem -out /etc/icshostd/cert.pem && \
                chmod 600 /etc/icshostd/key.pem
                """)
            try daemon.configure(
                InstalledDaemon.shop
                    + "SslCert=/etc/icshostd/cert.pem\nSslKey=/etc/icshostd/key.pem\n")
            let refused = try container.run(["icshostd", "check"])
            #expect(refused.end == .exited(1))
            #expect(refused.errors.contains("chgrp icshostd /etc/icshostd/key.pem"))
            #expect(try container.run(["icshostd", "check", "--user", "root"]).end == .exited(0))
            try container.succeed("chgrp", "icshostd", "/etc/icshostd/key.pem")
            try container.succeed("chmod", "640", "/etc/icshostd/key.pem")
            #expect(try container.run(["icshostd", "check"]).end == .exited(0))
        }
    }
}
