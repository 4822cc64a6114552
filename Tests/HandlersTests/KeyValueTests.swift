import HandlerAPI
import HandlerTesting
import NetworkTypes
import Testing

/// What a handler reads of its typed keys.
@Suite struct KeyValueTests {
    private enum Style: String, CaseIterable {
        case plain, fancy
    }

    /// Has a key of every kind.
    private struct Sampler: Handler {
        static let name = "sampler"
        static let summary = "has a key of every kind"
        static let text = HandlerKey("Text", .text, default: "a b", help: "")
        static let word = HandlerKey("Word", .unquotedText, default: "", help: "")
        static let count = HandlerKey("Count", .integer(-9...9), default: 7, help: "")
        static let loud = HandlerKey("Loud", .boolean, default: false, help: "")
        static let pause = HandlerKey(
            "Pause", .duration(upTo: .seconds(60)), default: .milliseconds(500), help: "")
        static let style = HandlerKey("Style", .choice, default: Style.plain, help: "")
        static let colour = HandlerKey(
            "Colour", .choice(["red", "Blue"]), default: "red", help: "")
        static let root = HandlerKey("Root", .path, default: nil, help: "")
        static let index = HandlerKey("Index", .list, default: ["a", "b"], help: "")
        static let line = HandlerKey("Line", .texts, default: [], help: "")
        static let peer = HandlerKey("Peer", .hostPort, default: nil, help: "")
        static let machine = HandlerKey("Machine", .hostName, default: nil, help: "")
        static let cache = HandlerKey("Cache", .size(upTo: 1 << 20), default: 1 << 10, help: "")
        static let umask = HandlerKey("Umask", .mode, default: 0o22, help: "")
        static let unlisted = HandlerKey("Unlisted", .integer(0...9), default: 3, help: "")
        static let keys: [any DeclaredKey] = [
            text, word, count, loud, pause, style, colour, root, index, line, peer, machine, cache,
            umask,
        ]

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func aSilentFileMeansTheDefaults() throws {
        let options = try HandlerOptions(of: Sampler.self)
        #expect(options[Sampler.text] == "a b")
        #expect(options[Sampler.word] == "")
        #expect(options[Sampler.count] == 7)
        #expect(!options[Sampler.loud])
        #expect(options[Sampler.pause] == .milliseconds(500))
        #expect(options[Sampler.style] == .plain)
        #expect(options[Sampler.colour] == "red")
        #expect(options[Sampler.root] == nil)
        #expect(options[Sampler.index] == ["a", "b"])
        #expect(options[Sampler.line] == [])
        #expect(options[Sampler.peer] == nil)
        #expect(options[Sampler.machine] == nil)
        #expect(options[Sampler.cache] == 1_024)
        #expect(options[Sampler.umask] == 0o22)
        #expect(Sampler.keyMistakes == [])
    }

    @Test func eachKindHasItsType() throws {
        let options = try HandlerOptions(
            of: Sampler.self,
            [
                "Text": "", "Word": "x", "Count": "-3", "Loud": "yes", "Pause": "1m",
                "Style": "FANCY",
                "Colour": "blue", "Root": "/srv", "Index": "x, y", "Line": "a, b",
                "Peer": "[::1]:80",
                "Machine": "A.Test.", "Cache": "2K", "Umask": "077",
            ])
        #expect(options[Sampler.text] == "")
        #expect(options[Sampler.word] == "x")
        #expect(options[Sampler.count] == -3)
        #expect(options[Sampler.loud])
        #expect(options[Sampler.pause] == .seconds(60))
        #expect(options[Sampler.style] == .fancy)
        #expect(options[Sampler.colour] == "Blue")
        #expect(options[Sampler.root] == "/srv")
        #expect(options[Sampler.index] == ["x", "y"])
        #expect(options[Sampler.line] == ["a, b"])
        #expect(options[Sampler.peer] == HostPort(host: "::1", port: 80))
        #expect(options[Sampler.machine] == "a.test")
        #expect(options[Sampler.cache] == 2_048)
        #expect(options[Sampler.umask] == 0o77)
    }

    @Test func aKeyThatIsNotListedHasItsDefaultAndAWarning() async throws {
        try await confirmation { warned in
            let options = try HandlerOptions(of: Sampler.self) { key, message in
                #expect(key == "Unlisted")
                #expect(message.contains("do not list it"))
                warned()
            }
            #expect(options[Sampler.unlisted] == 3)
        }
    }

    /// Its default is out of range.
    private struct Broken: Handler {
        static let name = "broken"
        static let summary = "has a default that is out of range"
        static let count = HandlerKey("Count", .integer(0...9), default: 10, help: "")
        static let keys: [any DeclaredKey] = [count]

        init(_ options: HandlerOptions) {}

        func serve(_ client: Client) async throws -> Afterwards { .close }
    }

    @Test func aUnitTestFindsTheMistakesOfAHandler() {
        #expect(
            Broken.keyMistakes == [
                "handler \"broken\": the default of the key Count: Count must be a number from 0 to 9, "
                    + "not \"10\""
            ])
        #expect(throws: HandlerOptionError.self) { try HandlerOptions(of: Broken.self) }
    }
}
