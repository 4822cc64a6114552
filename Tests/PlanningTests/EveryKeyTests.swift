import Configuration
import HandlerAPI
import NetworkTypes
import Planning
import Testing

/// A reload applies what `PlanDifference` reports, so it must report every key: each one of the
/// ``Schema`` and of a handler is changed in a configuration here, a new one by itself.
@Suite struct EveryKeyTests {
    /// Values of every type; a key is tried with its words and with these.
    private static let values = [
        "7", "True", "7s", "/a/b", "b.test", "127.0.0.2", "0600", "root", "discard", "60:10:6",
        "eth7", "https://b.test/", "b.test:7", "[hoAllowPut]", "8K",
    ]

    private static let pageKeys =
        GoldenCase.handlers.first { $0.name == "pages" }?.keys.map(\.name) ?? []

    /// A configuration as lines of sections, in which one key can be set.
    private struct Draft {
        typealias Lines = [(key: String, value: String)]

        var server: Lines = []
        var host: Lines = [
            ("Hosts", "a.test"), ("BindIpAddr", "127.0.0.1,unix:/run/a"), ("BindNonPort", "80"),
            ("HostTag", "T"), ("Handler", "pages"),
        ]
        var target: Lines = [("HostTag", "T"), ("TarHost", "a.test")]

        func setting(
            _ section: WritableKeyPath<Draft, Draft.Lines>, _ key: String,
            _ value: String
        ) -> Draft {
            var draft = self
            draft[keyPath: section].removeAll { $0.key == key }
            draft[keyPath: section].append((key, value))
            return draft
        }

        var text: String {
            [("Server", server), ("Host1", host), ("Target1", target)].map { name, lines in
                "[\(name)]\n" + lines.map { "\($0)=\($1)\n" }.joined()
            }.joined() + section("Host2", "Hosts=b.test", "BindNonPort=81")
        }
    }

    private static let start = plan(Draft().text)

    /// What a reload would change, nil where a file has mistakes.
    private static func difference(_ draft: Draft) -> PlanDifference? {
        let (old, before) = start
        let (new, after) = plan(draft.text)
        guard !after.diagnostics.hasErrors else { return nil }
        return PlanDifference(
            from: old, to: new, server: (before.settings.server, after.settings.server))
    }

    /// The drafts that give a key a value that it takes.
    private static func drafts(
        _ section: WritableKeyPath<Draft, Draft.Lines>, _ key: String,
        _ words: [String]
    ) -> some Sequence<(draft: Draft, difference: PlanDifference)> {
        (words + values).lazy.compactMap { value in
            let draft = Draft().setting(section, key, value)
            return difference(draft).map { (draft, $0) }
        }
    }

    /// Whether a file warns that a key has no effect, so that a reload need not apply it.
    private static func isIdle(_ key: String, in draft: Draft) -> Bool {
        plan(draft.text).loaded.told.contains { $0.contains("\(key) has no effect") }
    }

    @Test(arguments: Schema.server.keys.map(\.name).filter { $0 != "Include" })
    func aKeyOfTheServerIsApplied(_ name: String) throws {
        let key = try #require(Schema.server.keys.first { $0.name == name })
        let drafts = Self.drafts(\.server, name, key.words)
        let isSeen = drafts.contains { $0.difference.server.contains(name) }
        #expect(isSeen || drafts.contains { Self.isIdle(name, in: $0.draft) })
    }

    @Test(arguments: Schema.host.keys.map(\.name))
    func aKeyOfAHostIsApplied(_ name: String) throws {
        let key = try #require(Schema.host.keys.first { $0.name == name })
        let drafts = Self.drafts(\.host, name, key.words)
        // BindIpAddr2 adds to the addresses of BindIpAddr.
        let shown = name == "BindIpAddr2" ? "BindIpAddr" : name
        let isSeen = drafts.contains { $0.difference.changed.contains { $0.keys.contains(shown) } }
        #expect(isSeen || key.isReserved && drafts.contains { Self.isIdle(name, in: $0.draft) })
    }

    @Test(arguments: Schema.target.keys.map(\.name))
    func aKeyOfATargetIsApplied(_ name: String) throws {
        let key = try #require(Schema.target.keys.first { $0.name == name })
        let drafts = Self.drafts(\.target, name, key.words)
        let isSeen = drafts.contains {
            $0.difference.changed.contains { $0.keys.contains("[Target1] \(name)") }
        }
        #expect(isSeen || key.isReserved && drafts.contains { Self.isIdle(name, in: $0.draft) })
    }

    @Test(arguments: pageKeys)
    func aKeyOfAHandlerIsApplied(_ name: String) {
        let drafts = Self.drafts(\.host, name, ["fancy"])
        #expect(drafts.contains { $0.difference.changed.contains { $0.keys.contains(name) } })
    }

    /// A key of a listening socket takes a new socket.
    @Test(arguments: ListenerOptions.Key.allCases.map(\.rawValue))
    func aKeyOfAListenerOpensItAgain(_ name: String) {
        let words = Schema.host.keys.first { $0.name == name }?.words ?? []
        let drafts = Self.drafts(\.host, name, words)
        #expect(drafts.contains { !$0.difference.opened.isEmpty && !$0.difference.closed.isEmpty })
    }

    /// What `convert` prints reads back as the same settings, whichever key is set.
    @Test(arguments: Schema.host.keys.map(\.name) + pageKeys)
    func aKeyOfAHostIsPrinted(_ name: String) {
        let words = Schema.host.keys.first { $0.name == name }?.words ?? ["fancy"]
        for (draft, _) in Self.drafts(\.host, name, words).prefix(2) {
            let settings = plan(draft.text).loaded.settings
            let again = plan(SettingsPrinter.text(settings)).loaded.settings
            #expect(again.hosts.map(\.entries) == settings.hosts.map(\.entries))
        }
    }
}
