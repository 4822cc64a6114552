import Handlers
import Serving
import Testing

@testable import Configuration

/// Files of ICS have no quotes: those around a value belong to it, which is told wherever they cannot be
/// meant.
@Suite struct QuoteTests {
    private static let handlers = BuiltinHandlers.all.map { HandlerDeclaration($0) }

    private static func told(_ text: String) -> [String] {
        LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: handlers).told
    }

    private static func host(_ handler: String) -> String {
        "[Host1]\nHosts=a.test\nHostTag=T\nBindIpAddr=127.0.0.1\nBindNonPort=80\nBindSslPort=443\n"
            + "Handler=\(handler)\n"
    }

    private static let given: Set = [
        "Hosts", "HostTag", "BindIpAddr", "BindNonPort", "BindSslPort",
    ]

    private static func message(_ key: String) -> String {
        ": the quotes are part of the value of \(key): remove them"
    }

    @Test(
        arguments: Schema.host.keys.filter { !given.contains($0.name) && $0.quotes == .refused }
            .map(\.name))
    func aKeyOfHosts(_ key: String) {
        for value in ["\"1\"", "'1'"] {
            let told = Self.told(Self.host("echo") + "\(key)=\(value)\n")
            #expect(
                told.contains { $0.contains("c:8:\(key.count + 2): error\(Self.message(key))") })
        }
    }

    @Test(arguments: [
        "Hosts=\"a.test\"", "Hosts='a.test, b.test'", "BindIpAddr=\"127.0.0.1\"",
        "BindNonPort=\"80\"",
    ])
    func aKeyThatEveryHostHas(_ line: String) {
        let key = String(line.prefix { $0 != "=" })
        let text = Self.host("echo").split(separator: "\n").map {
            $0.hasPrefix("\(key)=") ? line : String($0)
        }.joined(separator: "\n")
        #expect(Self.told(text + "\n").contains { $0.contains("error\(Self.message(key))") })
    }

    @Test func anItemOfAListMayHaveThem() {
        let names = Self.host("echo").replacing("a.test", with: "\"a.test\",\"b.test\"")
        #expect(
            Self.told(names).first
                == "c:2:7: error: Hosts must be a list of DNS names, IP addresses or *, not "
                + "\"\"a.test\"\"; quotes are part of the value: remove them")
        #expect(
            Self.told(Self.host("echo") + "SslCert=\"/a\",\"/b\"\n") == [
                "c:8:9: error\(Self.message("SslCert"))"
            ])
    }

    @Test(
        arguments: Schema.server.keys.filter { $0.quotes == .refused && $0.name != "Include" }
            .map(\.name))
    func aKeyOfTheServer(_ key: String) {
        let told = Self.told("[Server]\n\(key)=\"1\"\n" + Self.host("echo"))
        #expect(told.contains("c:2:\(key.count + 2): error\(Self.message(key))"))
    }

    @Test(arguments: Schema.target.keys.filter { $0.quotes == .refused }.map(\.name))
    func aKeyOfTargets(_ key: String) {
        let host = key == "TarHost" ? "" : "TarHost=b.test\n"
        let told = Self.told(
            Self.host("proxy") + "[Target1]\nHostTag=T\n\(host)\(key)=\"1\"\n")
        #expect(told.contains { $0.contains("error\(Self.message(key))") })
    }

    @Test(arguments: [
        ("proxy", "TarCA"), ("proxy", "TarName"), ("proxy", "TarVerify"), ("web", "WebDocDir"),
        ("web", "WebErrorDir"), ("web", "WebHsts"), ("module", "Module"), ("exec", "ExecDir"),
    ])
    func aKeyOfAHandler(_ handler: String, _ key: String) {
        let told = Self.told(Self.host(handler) + "\(key)=\"1\"\n")
        #expect(
            told.first { $0.contains(" error") }?.hasSuffix("error\(Self.message(key))") == true)
    }

    @Test(arguments: ["“a.test”", "„a.test“", "‘a.test’", "«a.test»", "a.test\""])
    func namesHaveNoneOfAnyKind(_ name: String) {
        let told = Self.told(Self.host("echo").replacing("=a.test", with: "=\(name)"))
        #expect(told.first?.contains("; quotes are part of the value: remove") == true)
    }

    /// The schema and a handler may both know a key: one value has one message.
    @Test func eachValueIsToldOnce() {
        for handler in BuiltinHandlers.all.map({ HandlerDeclaration($0) }) {
            for key in handler.keys {
                let told = Self.told(Self.host(handler.name) + "\(key.name)=\"x\"\n")
                #expect(
                    told.count { $0.contains("the quotes are part of") } <= 1,
                    "\(handler.name) \(key.name) \(told)")
            }
        }
    }

    @Test(arguments: [
        "ServerHeader=\"x\"", "WebDefDoc=\"x\"", "PersistentHeader=\"X: y\"",
        "WebCacheControl=\"no-cache\"", "WebCacheControl='no-store'",
    ])
    func aWebHostIsWarnedOnce(_ line: String) {
        let key = String(line.prefix { $0 != "=" })
        #expect(
            Self.told(Self.host("web") + line + "\n").filter { $0.contains("quotes") }
                == ["c:8:\(key.count + 2): warning\(Self.message(key))"])
    }

    @Test func aTagMayHaveThemAndShouldNot() {
        let text = Self.host("echo").replacing("HostTag=T", with: "HostTag=\"T\"")
        #expect(Self.told(text) == ["c:3:9: warning\(Self.message("HostTag"))"])
    }

    @Test(arguments: [
        ("web", "WebLogDir=\"/var/log/web.log\""), ("web", "WebLogDir=\"a-\"yyyymmdd\".log\""),
        ("exec", "Exec=\"/bin/my program\""), ("echo", "Descr=\"quoted\""),
        ("module", "ModuleOption='x'"), ("echo", "SslPassword=\"x\""),
    ])
    func whereTheyMayBeMeantNothingIsTold(_ handler: String, _ line: String) {
        #expect(Self.told(Self.host(handler) + line + "\n") == [])
    }

    @Test(arguments: ["\"", "a\"", "\"a", "\"a'", "a\"b\"c"])
    func oneQuoteIsNone(_ text: String) {
        #expect(!text.isQuoted)
    }
}
