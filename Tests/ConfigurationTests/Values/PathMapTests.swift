import TestSupport
import Testing

@testable import Configuration

@Suite struct PathMapTests {
    private static let map: PathMap = {
        var map = PathMap()
        map.add("C:\\Certs", "/etc/certs")
        map.add("c:\\certs\\local\\", "/srv/local/")
        map.add("Data\\www", "/srv/www")
        return map
    }()

    @Test(arguments: [
        ("c:\\CERTS\\A.pem", PathMap.Mapping.mapped("/etc/certs/A.pem")),
        ("C:/certs/a.pem", .mapped("/etc/certs/a.pem")),
        ("C:\\certs\\local\\a\\b.pem", .mapped("/srv/local/a/b.pem")),
        ("C:\\certs\\", .mapped("/etc/certs")), ("data\\WWW\\x", .mapped("/srv/www/x")),
        ("C:\\certsx\\a.pem", .unmapped(line: "C:\\certsx=/etc/icshostd/certsx")),
        ("D:\\My Web\\", .unmapped(line: "D:\\My Web=/etc/icshostd/my-web")),
        ("Data\\Templ", .unmapped(line: "Data\\Templ=/etc/icshostd/templ")),
        ("D:\\a.pem", .unmapped(line: "D:=/etc/icshostd/d")),
        ("D:a.pem", .unmapped(line: "D:=/etc/icshostd/d")),
        ("D:my\\web\\", .unmapped(line: "D:my\\web=/etc/icshostd/web")),
        ("c:certs\\a.pem", .unmapped(line: "c:certs=/etc/icshostd/certs")),
        ("\\a.pem", .unmapped(line: "\\=/etc/icshostd")),
        (".\\a.pem", .unmapped(line: ".=/etc/icshostd")),
        ("E:\\a=b\\c.pem", .unmapped(line: "E:=/etc/icshostd/e")),
        ("/etc/a.pem", .unchanged), ("a/b.pem", .unchanged), ("aa:b", .unchanged),
    ])
    func rewritesPathsOfWindows(_ path: String, _ expected: PathMap.Mapping) {
        #expect(Self.map.map(path) == expected)
    }

    @Test func theRootOfADriveMayBeMapped() {
        var map = PathMap()
        map.add("\\", "/srv/root")
        map.add("C:\\", "/srv/c")
        #expect(map.map("\\a\\b.pem") == .mapped("/srv/root/a/b.pem"))
        #expect(map.map("c:\\a.pem") == .mapped("/srv/c/a.pem"))
        #expect(map.map("a\\b") == .unmapped(line: "a\\b=/etc/icshostd/b"))
    }

    /// Nor does it take the square of its length.
    @Test func noPathIsLongerThanThoseOfTheSystem() {
        var map = PathMap()
        map.add("C:", "/srv/c")
        let path = "C:" + String(repeating: "\\", count: 1 << 20) + "x"
        guard case .unmapped = map.map(path) else {
            Issue.record("a megabyte is a path")
            return
        }
    }

    @Test(arguments: [
        "C:\\certs\\a.pem", "certs\\x\\a.pem", "D:\\certs\\", "\\\\server\\share\\a.pem", "C:\\x",
    ])
    func theLineThatIsAdvisedMapsThePath(_ path: String) throws {
        guard case .unmapped(let line) = PathMap().map(path) else {
            Issue.record("\(path) is mapped")
            return
        }
        let parts = line.split(separator: "=").map(String.init)
        var map = PathMap()
        map.add(try #require(parts.first), try #require(parts.last))
        guard case .mapped(let mapped) = map.map(path) else {
            Issue.record("\(line) does not map \(path)")
            return
        }
        #expect(mapped.hasPrefix("/etc/icshostd/"))
    }

    /// The line stands in a file, so it must be one that the reader takes.
    @Test(arguments: 0..<300)
    func theLineThatIsAdvisedCuresTheTrouble(_ seed: UInt64) throws {
        var numbers = SplitMix(seed: seed)
        let path = Self.path(&numbers)
        let text = host + "BindSslPort=1\nSslInter=\(path)\n"
        let trouble = try #require(load(text).settings.hosts.first?.troubles.first, "\(path)")
        let start = try #require(trouble.message.firstRange(of: "add the line ")).upperBound
        let end = try #require(trouble.message.firstRange(of: " to [PathMap]")).lowerBound
        let line = trouble.message[start..<end]
        let cured = load("[PathMap]\n\(line)\n" + text)
        #expect(cured.told == [], "\(line)")
        #expect(cured.settings.hosts.first?.troubles.map(\.message) == [], "\(line)")
        let mapped = cured.settings.hosts.first?.certificate.intermediates?.value
        #expect(mapped?.hasPrefix("/etc/icshostd") == true)
    }

    /// A path of Windows with what can go wrong in one.
    private static func path(_ numbers: inout SplitMix) -> String {
        let starts = ["C:\\", "d:/", "C:", "\\", "\\\\server\\share\\", ".\\", "..\\", ""]
        let names = [
            "a", "My Web ", "a=b", "=", "x = y", "#x", ";y", "[z]", "a.pem", ".hidden", "..", ".",
            "ü", "a\tb", "Include", "-----", "c:", "x;y", "İ", "", "$", "{}", "*",
        ]
        var path = starts.randomElement(using: &numbers) ?? ""
        for _ in 0...Int.random(in: 0...3, using: &numbers) {
            path += (names.randomElement(using: &numbers) ?? "")
            path += ["\\", "\\", "/"].randomElement(using: &numbers) ?? ""
        }
        path += ["a.pem", "b", "e=f.pem"].randomElement(using: &numbers) ?? ""
        return PathMap.isWindows(path) ? path : "\\" + path
    }

    @Test func hostsGetTheirPathsOrATrouble() {
        let text =
            "[PathMap]\nC:\\certs=/etc/certs\n" + host
            + "BindSslPort=1\nSslCert=c:\\certs\\a.pem\nSslInter=c:\\other\\i.pem\n"
        let loaded = load(text)
        #expect(loaded.told == [])
        let read = loaded.settings.hosts.first
        #expect(read?.certificate.files.first?.value == "/etc/certs/a.pem")
        #expect(
            read?.troubles.map(\.message) == [
                "SslInter is a Windows path: add the line "
                    + "c:\\other=/etc/icshostd/other to [PathMap], with the local directory"
            ])
        #expect(read?.troubles.map(\.location.line) == [10])
    }

    @Test(arguments: [
        (
            "C:\\x=certs",
            "2:6: error: C:\\x must be a directory here, such as /etc/icshostd/certs, "
                + "not \"certs\""
        ),
        ("C:\\x=/a\nc:\\X=/b", "3:1: error: c:\\X is given twice"),
        (
            "c:\\m=/a\nC:\\M\\=/b", "3:1: error: C:\\M\\ is given twice: c:\\m is the same key"
        ),
    ])
    func namesThePlaceOfAMistake(_ lines: String, _ expected: String) {
        #expect(diagnose("[PathMap]\n\(lines)\n" + host).first == "c:\(expected)")
    }

    /// What the mistaken line would map is not known; all else is told.
    @Test func aMistakenLineHidesNoOtherPath() {
        let text =
            "[PathMap]\nC:\\x=certs\n" + host
            + "BindSslPort=1\nSslCert=c:\\x\\t\nSslInter=d:\\logs\\\n"
        #expect(load(text).settings.hosts.first?.troubles.map(\.key) == ["SslInter"])
    }

    @Test func aPathOfTheServerIsNoTroubleOfAHost() {
        #expect(
            diagnose("[Server]\nStateDirectory=C:\\x\nTemplateDir=C:\\y\n" + host).map {
                $0.prefix(32)
            } == ["c:2:16: error: StateDirectory is", "c:3:1: warning: WebTemplDir has "])
    }

    @Test(arguments: [
        ("WebDocDir", "/srv/x"), ("WellKnownPath", "/srv/x"), ("WebErrorDir", "/srv/x"),
        ("WebLogDir", "/var/log/icshostd/x"), ("StateDirectory", "/var/lib/icshostd/x"),
        ("SslCert", "/etc/icshostd/x"), ("TarCA", "/etc/icshostd/x"),
    ])
    func theLineThatIsAdvisedNamesAPlaceForSuchFiles(_ key: String, _ directory: String) {
        #expect(
            PathMap().map("C:\\x\\", below: PathMap.root(of: key))
                == .unmapped(line: "C:\\x=\(directory)"))
    }
}
