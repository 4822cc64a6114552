import HandlerAPI
import Testing

@testable import Configuration

/// Names to connect to, in whichever key, are normalised as those of `Hosts` are.
@Suite struct TargetNameTests {
    private static let handlers = [
        HandlerDeclaration(
            name: "dial",
            keys: [
                HandlerKey("Peer", .hostPort, default: nil, help: "a machine"),
                HandlerKey("Name", .hostName, default: nil, help: "a name"),
                HandlerKey("WebRedirectURL", .text, default: "", help: "an address"),
            ])
    ]

    private static func read(_ key: String, _ value: String) -> LoadedConfiguration {
        let line = "\(key)=\(value)\n"
        let text =
            "[Host1]\nHosts=a.test\nHostTag=T\nBindIpAddr=127.0.0.1\nBindNonPort=80\nHandler=dial\n"
            + (key == "TarHost" ? "[Target1]\nHostTag=T\n\(line)" : line)
        return LoadedConfiguration(bytes: Array(text.utf8), file: "c", handlers: handlers)
    }

    private static func value(_ key: String, _ loaded: LoadedConfiguration) -> String? {
        key == "TarHost"
            ? loaded.settings.targets.first?.host?.value
            : loaded.settings.hosts.first?.handlerOptions[key]?.value.text
    }

    private static let names = [
        ("tgt.test.", "tgt.test"), ("TGT.Test", "tgt.test"), ("bücher.test", "xn--bcher-kva.test"),
        ("Bücher。test.", "xn--bcher-kva.test"), ("localhost.", "localhost"), ("_a.b", "_a.b"),
        ("192.0.2.1", "192.0.2.1"),
    ]

    @Test(arguments: ["TarHost", "Name", "Peer", "WebRedirectURL"], names)
    func aNameIsNormalised(_ key: String, _ name: (String, String)) {
        let (before, after) =
            switch key {
            case "Peer": ("", ":80")
            case "WebRedirectURL": ("https://", ":8443/Über%20%path%?x=A.")
            default: ("", "")
            }
        let loaded = Self.read(key, before + name.0 + after)
        #expect(!loaded.diagnostics.hasErrors)
        #expect(Self.value(key, loaded) == before + name.1 + after)
    }

    @Test(
        arguments: ["TarHost", "Name", "Peer", "WebRedirectURL"],
        [
            "tgt..test", ".", "..", ".test", "tgt.test..", "a_b c", "*.test", "*", "-a.test",
            "10.0.0",
            "ａ̈.test",
        ])
    func whatIsNoNameIsRefused(_ key: String, _ name: String) {
        let (before, after) =
            switch key {
            case "Peer": ("", ":80")
            case "WebRedirectURL": ("https://", "/")
            default: ("", "")
            }
        let told = Self.read(key, before + name + after).told
        #expect(told.first?.contains("error: \(key) must be ") == true, "\(told)")
    }

    @Test(arguments: [
        ("2001:DB8:0::1", "2001:db8::1"), ("[2001:DB8::1]", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"), ("UNIX:/run/App.sock", "unix:/run/App.sock"),
        ("unix:@name", "unix:@name"),
    ])
    func aTargetMayBeAnAddressOrASocket(_ value: String, _ expected: String) {
        let loaded = Self.read("TarHost", value)
        #expect(loaded.told == [])
        #expect(Self.value("TarHost", loaded) == expected)
    }

    @Test(arguments: [
        "unix:", "unix:run/app.sock", "unix:@", "unix:/" + String(repeating: "a", count: 200),
    ])
    func aSocketNeedsAName(_ value: String) {
        #expect(
            Self.read("TarHost", value).told.first?.contains(
                "TarHost must be unix:/path or unix:@name of at most 107 bytes, not ") == true)
    }

    @Test func lettersBeyondASCIIAreNoted() {
        #expect(
            Self.read("TarHost", "bücher.test").diagnostics.sorted().map(\.description) == [
                "c:9:9: note: \"bücher.test\" is looked up as \"xn--bcher-kva.test\""
            ])
    }
}
