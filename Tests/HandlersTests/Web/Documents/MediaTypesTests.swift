import TestSupport
import Testing

@testable import Handlers

/// Media types by the ends of names.
@Suite struct MediaTypesTests {
    @Test func aTableAddsToTheKnownTypes() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "# a comment x\napplication/x-own\town OWN2\r\ntext/x-other html\napplication/javascript js mjs\nno/ending\n\n",
            to: "types")
        let types = MediaTypes(table: directory("types"))
        let cases = [
            ("a.own", "application/x-own"), ("a.own2", "application/x-own"),
            ("a.OWN", "application/x-own"),
            ("a.html", "text/x-other"), ("a.js", "text/javascript"), ("a.mjs", "text/javascript"),
            ("a.css", "text/css"), ("a.b.css", "text/css"), ("a", "application/octet-stream"),
            ("x.css/a", "application/octet-stream"), ("a.", "application/octet-stream"),
            (".css", "text/css"),
        ]
        for (name, type) in cases { #expect(types.type(of: Array(name.utf8)) == type, "\(name)") }
    }

    @Test func withoutATableTheKnownTypesAreThere() {
        let types = MediaTypes(table: "/none")
        #expect(types.type(of: Array("a.svg".utf8)) == "image/svg+xml")
    }
}
