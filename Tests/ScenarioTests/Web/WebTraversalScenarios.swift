import Glibc
import TestSupport
import Testing

/// Nothing outside the root is served, whatever it is called, with openat2(2) and where systemd's filter for
/// `RestrictSUIDSGID=` refuses it.
@Suite struct WebTraversalScenarios {
    /// Ways to write one step up, a slash and a name.
    private static let ups = [
        "..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "..;", "%c0%ae%c0%ae",
        "%e0%80%ae%e0%80%ae", "\u{ff0e}\u{ff0e}", "...", "..%20", ". .", "%2e%2e%20",
        "%uff0e%uff0e", "..%0d", "..%0a",
    ]
    private static let slashes = [
        "/", "//", "%2f", "%2F", "\\", "%5c", "%252f", "/./", "%c0%af", "%e0%80%af", "/%2f", "\\/",
    ]
    private static let names = ["outside.txt", "outside.txt%00", "outside.txt/"]

    /// More than 300 paths that want to be `../outside.txt`.
    static let paths: [String] = {
        var paths: [String] = []
        for up in ups {
            for slash in slashes {
                paths.append("/" + up + slash + "outside.txt")
                paths.append("/sub/" + up + slash + up + slash + "outside.txt")
            }
        }
        return paths + names.map { "//" + $0 } + ["/etc/passwd", "//etc/passwd", "///etc/passwd"]
            + ["/file:///etc/passwd", "/sub//../..//outside.txt", "/%2fetc%2fpasswd"]
    }()

    @Test(arguments: [true, false])
    func noPathLeavesTheRoot(hasOpenat2: Bool) throws {
        let web = try WebDaemon(launcher: ModuleBuild.launcher(hasOpenat2: hasOpenat2))
        #expect(Self.paths.count > 300)
        #expect(unsafe symlink("../outside.txt", web.directory("docs/link.txt")) == 0)
        #expect(unsafe symlink("/etc", web.directory("docs/etc")) == 0)
        #expect(unsafe symlink("..", web.directory("docs/up")) == 0)
        try web.directory.write("dot", to: "docs/.hidden")
        let links = ["/link.txt", "/etc/passwd", "/etc/", "/up/outside.txt", "/up/", "/.hidden"]
        for path in Self.paths + links {
            let answer = try web.get(path)
            #expect([400, 404].contains(answer.status), "\(path): \(answer.status)")
            #expect(!answer.text.contains("secret") && !answer.text.contains("root:"), "\(path)")
        }
        // A link that stays inside is a file like any other.
        #expect(unsafe symlink("thousand.txt", web.directory("docs/inside.txt")) == 0)
        #expect(try web.get("/inside.txt").body.count == 1_000)
    }

    @Test(arguments: [true, false])
    func absoluteTargetsAndWellKnownPathsAreNoWayOut(hasOpenat2: Bool) throws {
        let web = try WebDaemon(
            "WellKnownPath=@/well", launcher: ModuleBuild.launcher(hasOpenat2: hasOpenat2))
        for path in Self.paths {
            let answer = try web.get("/.well-known" + path)
            #expect([400, 404].contains(answer.status), "\(path): \(answer.status)")
            #expect(!answer.text.contains("secret"), "\(path)")
        }
    }

    @Test(arguments: [true, false])
    func linksThatAreMadeDuringRequestsLeadNowhere(hasOpenat2: Bool) throws {
        let web = try WebDaemon(launcher: ModuleBuild.launcher(hasOpenat2: hasOpenat2))
        try web.directory.write("inside", to: "docs/sub/outside.txt")
        let (folder, up) = (web.directory("docs/turn"), web.directory("docs/turn.new"))
        #expect(unsafe symlink("sub", folder) == 0)
        let client = try web.daemon.plainClient()
        for number in 0..<300 {
            #expect(unsafe symlink(number.isMultiple(of: 2) ? ".." : "sub", up) == 0)
            try client.send(
                "GET /turn/outside.txt?\(number) HTTP/1.1\r\nHost: a.test\r\n\r\n")
            #expect(unsafe rename(up, folder) == 0)
            if number % 100 == 99 { break }
        }
        try client.send(
            "GET /turn/outside.txt HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        let text = try client.receiveText()
        #expect(!text.contains("secret"))
        #expect(text.split(separator: "HTTP/1.1 ").count > 50)
    }
}
