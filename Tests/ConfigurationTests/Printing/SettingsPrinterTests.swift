import TestSupport
import Testing

@testable import Configuration

@Suite struct SettingsPrinterTests {
    private func entries(_ settings: Settings) -> [[SettingsEntry]] {
        [settings.server.entries] + settings.hosts.map { [.init("", $0.section)] + $0.entries }
            + settings.targets.map { [.init("", $0.section)] + $0.entries }
    }

    @Test func printsThePlainestForm() {
        let loaded = load(
            """
            [PathMap]
            c:\\certs=/etc/certs
            [General]
            x=y
            [WebAppServer]
            MAXCLIENTS=200
            handshaketimeout=60000ms
            RootCA=x
            [Source1]
            Hosts=A.test, b.test
            Enabled=T
            bindipaddr=127.0.0.1
            bindipaddr2=::1
            BindNonPort=
            BindSslPort=443
            SslSrvSecurity=6
            SslCert=C:\\certs\\a.pem
            Desc=${a}$${b}
            BandwidthLimitKB=1
            AcmeCertValidity=90
            sslinters=d:\\x\\i.pem
            Handler=CHARGEN
            pause=30000ms
            [Target1]
            HostTag=Source1
            TarHost=b.test
            TarSsl=1

            """.replacing("${a}", with: ""))
        #expect(
            loaded.told == [
                "c:19:1: warning: BandwidthLimitKB has no effect: bandwidth is not limited yet"
            ])
        #expect(
            SettingsPrinter.text(loaded.settings) == """
                [Server]
                MaxClients=200
                HandshakeTimeout=1m

                [Source1]
                Hosts=a.test,b.test
                HostEnabled=True
                Descr=$${b}
                BindIpAddr=127.0.0.1,::1
                BindSslPort=443
                SslCert=/etc/certs/a.pem
                SslSecLevel=sslSrvSecHigh128
                Handler=chargen
                Pause=30s
                ; no effect: BandwidthLimitKB=1
                ; SslInter is a Windows path: add the line d:\\x=/etc/icshostd/x to \
                [PathMap], with the local directory
                SslInter=d:\\x\\i.pem

                [Target1]
                HostTag=Source1
                HostEnabled=True
                TarHost=b.test
                TarSsl=True

                """)
    }

    @Test(arguments: 0..<200)
    func whatIsPrintedReadsBackAsTheSame(_ seed: UInt64) {
        var numbers = SplitMix(seed: seed)
        let text = RandomConfiguration.text(&numbers)
        let first = load(text)
        #expect(first.diagnostics.sorted().filter { $0.severity == .error } == [], "\(text)")
        let printed = SettingsPrinter.text(first.settings)
        let second = load(printed)
        #expect(second.diagnostics.sorted().filter { $0.severity == .error } == [], "\(printed)")
        #expect(entries(second.settings) == entries(first.settings), "\(text)\n---\n\(printed)")
        #expect(lines(SettingsPrinter.text(second.settings)) == lines(printed))
    }

    /// The lines that say something: comments are not read, and so not printed again.
    private func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("; no effect") && $0 != "[Server]" }
    }

    /// The keys of some texts that were printed.
    private static let printed: Set<String> = {
        let texts = (0..<50).map { (seed: UInt64) in
            var numbers = SplitMix(seed: seed)
            return SettingsPrinter.text(load(RandomConfiguration.text(&numbers)).settings)
        }
        let lines = texts.flatMap { $0.split(separator: "\n").prefix { !$0.hasPrefix("[Host") } }
        return Set(
            lines.map { String($0.replacing("; no effect: ", with: "").prefix { $0 != "=" }) })
    }()

    @Test(
        arguments: Schema.server.keys.filter {
            !["Include", "NoSSL"].contains($0.name) && $0.identity == $0.name
        }.map(\.name))
    func noKeyOfTheServerIsLost(_ name: String) {
        #expect(Self.printed.contains(name))
    }

    @Test func inlinePEMStaysOneLine() {
        let pem = "-----BEGIN X-----QUJD-----END X-----"
        let first = load(host + "BindSslPort=1\nSslCert=\(pem)\n")
        let printed = SettingsPrinter.text(first.settings)
        #expect(printed.contains("SslCert=-----BEGIN X-----\\nQUJD\\n-----END X-----\n"))
        #expect(
            load(printed).settings.hosts.first?.certificate.files.first?.value
                == first.settings.hosts.first?.certificate.files.first?.value)
    }
}
