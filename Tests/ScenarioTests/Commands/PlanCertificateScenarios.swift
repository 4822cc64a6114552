import Foundation
import TestSupport
import Testing

/// What `icshostd plan` says of certificates: the files, their end, and what is odd about them.
@Suite struct PlanCertificateScenarios {
    private let hosts: SharedPort

    init() throws {
        hosts = try SharedPort()
    }

    private func section(_ number: Int, _ keys: String) -> String {
        hosts.section(number, "h\(number).test", withCertificate: "\(keys)\nHandler=echo")
    }

    /// The cells of the column, by section.
    private func column(_ configuration: String, _ words: String...) throws -> [String: String] {
        let file = try hosts.directory.write(configuration, to: "icshostd.conf")
        let command = try Command([Icshostd.path, "plan", "--config", file] + words)
        #expect(command.end == .exited(0), "\(command.errors)")
        let lines = command.output.split(separator: "\n")
        let heading = try #require(lines.first)
        let start = try #require(heading.firstRange(of: "CERTIFICATE")).lowerBound
        let offset = heading.distance(from: heading.startIndex, to: start)
        let cells = lines.dropFirst().map { line in
            let section = line.split(separator: " ")[3]
            return (String(section), String(line.dropFirst(offset)))
        }
        return Dictionary(cells) { first, _ in first }
    }

    /// The day on which a certificate ends, and seconds since 1970, as openssl(1) sees it.
    private func end(of path: String) throws -> (day: String, seconds: Int) {
        let text = try Command.succeed([
            "openssl", "x509", "-in", path, "-noout", "-enddate", "-dateopt", "iso_8601",
        ])
        let date = try #require(text.split(separator: "=").last).dropLast()
        let seconds = try Command.succeed(["date", "-u", "-d", String(date), "+%s"])
        return (String(date.prefix(10)), try #require(Int(seconds.dropLast())))
    }

    @Test func eachFileAndWhatWasFound() throws {
        let certificates = hosts.certificates
        let good = try certificates.pair("h1.test", days: 90)
        let soon = try certificates.pair("h2.test")
        let (first, second) = (
            try certificates.pair("h3.test", days: 90),
            try certificates.pair("h3.test", isRSA: true, days: 60)
        )
        let ended = (hosts.directory("ended.pem"), hosts.directory("ended.key"))
        try EndingCertificate.make(ended.0, key: ended.1, name: "h4.test", endsIn: -60)
        let missing = hosts.directory("missing.pem")
        let settings = try hosts.directory.write(
            section(1, good.settings) + section(2, soon.settings)
                + section(
                    3,
                    "SslCert=\(first.certificate),\(second.certificate)\nSslKey=\(first.key),\(second.key)"
                )
                + section(4, "SslCert=\(ended.0)\nSslKey=\(ended.1)")
                + section(5, "SslCert=\(missing)") + section(6, "")
                + section(7, "SslCert=\(good.certificate)\nSslKey=\(soon.key)")
                + section(8, "HostEnabled=False\nSslCert=\(missing)")
                + section(9, good.settings), to: "settings")
        let cells = try column(Command.succeed(["cat", settings]))
        func day(_ pair: Certificates.Pair) throws -> String { try end(of: pair.certificate).day }
        let chain = "(issuer-not-found)"
        #expect(cells["Host1"] == "\(good.certificate) until \(try day(good)) \(chain)")
        #expect(
            cells["Host2"] == "\(soon.certificate) until \(try day(soon)) (ends-soon, "
                + chain.dropFirst())
        // The earlier end of the two.
        #expect(
            cells["Host3"] == "\(first.certificate),\(second.certificate) until \(try day(second))"
                + " \(chain)")
        #expect(
            cells["Host4"]?.hasPrefix(
                "\(ended.0) (bad: certificate file \"\(ended.0)\" contains a certificate that expired on "
            )
                == true, "\(cells["Host4"] ?? "")")
        #expect(cells["Host5"] == "\(missing) (self-made)")
        #expect(cells["Host6"] == "self-made (self-made)")
        #expect(
            cells["Host7"]
                == "\(good.certificate) (bad: key file \"\(soon.key)\" contains a private key"
                + " that does not match the certificate in \"\(good.certificate)\")")
        #expect(cells["Host8"] == missing)
        #expect(
            cells["Host9"] == "\(good.certificate) until \(try day(good)) (names-not-covered, "
                + chain.dropFirst())
    }

    @Test func theSameForPrograms() throws {
        let good = try hosts.certificates.pair("h1.test", days: 90)
        let file = try hosts.directory.write(
            section(1, good.settings) + section(2, "") + section(3, "SslCert=\(good.key)"),
            to: "icshostd.conf")
        let text = try Icshostd.run("plan", "--json", "--config", file).output
        let plan = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let endpoint = (plan?["endpoints"] as? [[String: Any]])?.first
        let found = try #require(endpoint?["hosts"] as? [[String: Any]])
        #expect(found[0]["certificate"] as? String == good.certificate)
        #expect(found[0]["certificate_end"] as? Int == (try end(of: good.certificate).seconds))
        #expect(found[0]["certificate_warnings"] as? [String] == ["issuer-not-found"])
        #expect(found[0]["certificate_problem"] is NSNull)
        #expect(found[1]["certificate"] is NSNull)
        #expect(found[1]["self_made"] as? Bool == true)
        #expect(found[2]["certificate_end"] is NSNull)
        #expect(
            (found[2]["certificate_problem"] as? String)?.contains("contains no certificate")
                == true)
    }

    /// A certificate takes a while: beyond a hundred hosts they are looked at when somebody asks.
    @Test func manyAreLookedAtWhenAskedFor() throws {
        let pair = try hosts.certificates.pair("h1.test", days: 90)
        let text = (1...101).map { section($0, pair.settings) }.joined()
        #expect(try column(text)["Host1"] == pair.certificate)
        #expect(try column(text, "--certificates")["Host1"]?.contains(" until ") == true)
    }
}
