import Configuration
import HandlerAPI
import Planning
import Testing

/// What a handler declares of itself takes the place of its name: the handlers here are nobody's.
@Suite struct HandlerTraitTests {
    private static let pages = HandlerKey("WikiPages", .path, default: nil, help: "a directory")
    private static let mirror = HandlerKey("WikiMirror", .text, default: "", help: "an address")
    private static let status = HandlerKey(
        "WikiStatus", .integer(0...399), default: 0, help: "a status")

    private static let handlers = [
        HandlerDeclaration(name: "echo"),
        HandlerDeclaration(
            name: "wiki",
            keys: [pages, mirror, status],
            traits: HandlerTraits(
                speaksHTTP: true,
                redirect: .init(addressKey: mirror, statusKey: status),
                impliedBy: [.keys(pages), .keys(mirror, status)])),
        HandlerDeclaration(
            name: "balance",
            traits: HandlerTraits(usesTargets: true, impliedBy: [.targets(precedence: .first)])),
    ]

    private func plan(_ text: String) -> (plan: ListenPlan, told: [String]) {
        let loaded = LoadedConfiguration(
            bytes: Array(text.utf8), file: "c", handlers: Self.handlers)
        let (plan, diagnostics) = Planner.plan(loaded.settings)
        var all = loaded.diagnostics
        all.append(contentsOf: diagnostics)
        return (plan, all.sorted().map(\.description))
    }

    private func host(_ number: Int, _ lines: String) -> String {
        "[Host\(number)]\nHosts=h\(number).test\nBindIpAddr=127.0.0.1\nBindNonPort=80\n\(lines)\n"
    }

    private static let target = "[Target1]\nHostTag=Host1\nTarHost=b.test\n"

    @Test(arguments: [
        ("WikiPages=/srv", "wiki"), ("WikiMirror=http://x/\nWikiStatus=301", "wiki"),
        ("WikiMirror=http://x/\nWikiStatus=0", nil), ("WikiPages=", nil),
        ("WikiPages=/srv\nHostTag=Host1\n" + target, "balance"),
        ("WikiPages=/srv\nHandler=echo", "echo"),
    ])
    func aKeyOrATargetImpliesAHandler(_ lines: String, _ expected: String?) {
        #expect(plan(host(1, lines)).plan.hosts.first?.handler?.value == expected)
    }

    @Test func hostsThatSpeakHTTPShareAPlainListener() {
        let web = plan(host(1, "Handler=wiki") + host(2, "Handler=wiki"))
        #expect(web.told == [])
        let mixed = plan(host(1, "Handler=wiki") + host(2, "Handler=echo"))
        #expect(mixed.told.contains { $0.contains("[Host2] is never chosen") })
    }

    @Test func aRedirectToItselfIsReportedWhereItIsInForce() {
        let lines = "Handler=wiki\nWikiMirror=http://h1.test/\nWikiStatus="
        #expect(plan(host(1, lines + "301")).told.contains { $0.contains("in a loop") })
        #expect(plan(host(1, lines + "0")).told == [])
    }

    @Test func aTargetThatLeadsBackIsReported() {
        let target = "[Target1]\nHostTag=Host1\nTarHost=127.0.0.1\nTarPort=80\n"
        #expect(
            plan(host(1, "HostTag=Host1") + target).told.contains {
                $0.contains("leads back to [Host1]")
            })
        let other = plan(host(1, "Handler=wiki") + target)
        #expect(!other.told.contains { $0.contains("leads back") })
    }
}
