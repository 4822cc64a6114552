import Configuration
import HandlerAPI
import Handlers
import Testing

/// The mistakes of programmers that the registration of a handler finds.
@Suite struct HandlerMistakeTests {
    private static let patience = HandlerKey(
        "Patience", .duration(upTo: .seconds(60)), default: .seconds(5), help: "")

    private static func key(
        _ name: String = "Key", _ kind: HandlerKey<Int>.Kind = .integer(1...9),
        default value: Int = 1
    ) -> any DeclaredKey {
        HandlerKey(name, kind, default: value, help: "")
    }

    private func mistakes(
        _ keys: [any DeclaredKey], _ traits: HandlerTraits = HandlerTraits()
    ) -> [String] {
        HandlerDeclaration(name: "greet", keys: keys, traits: traits).mistakes
    }

    @Test(arguments: [
        (key(default: 10), "Key must be a number from 1 to 9, not \"10\""),
        (
            key("Key", .size(upTo: 1_024), default: 2_048),
            "Key must be a number of bytes up to 1024, or with K, M or G, not \"2048\""
        ),
        (
            HandlerKey("Key", .duration(upTo: .seconds(60)), default: .seconds(120), help: ""),
            "Key must be a time from 0s to 1m, in seconds or with ms, s, m or h, not \"2m\""
        ),
        (
            HandlerKey("Key", .choice(["plain", "fancy"]), default: "red", help: ""),
            "Key must be one of plain, fancy, not \"red\""
        ),
        (
            HandlerKey("Key", .mode, default: 0o1777, help: ""),
            "Key must be an octal number from 000 to 777, such as 0660, not \"01777\""
        ),
        (
            HandlerKey("Key", .hostName, default: "a b", help: ""),
            "Key must be a DNS name or an IP address, not \"a b\""
        ),
        (
            HandlerKey("Key", .list, default: ["a,b"], help: ""),
            "a file cannot have \"a,b\" as one value"
        ),
        (
            HandlerKey("Key", .duration(upTo: .seconds(1)), default: .microseconds(10), help: ""),
            "a file cannot have \"0ms\" as one value"
        ),
        (HandlerKey("Key", .text, default: "two\nlines", help: ""), "it must be one line"),
    ])
    func aDefaultIsAValidValue(_ key: any DeclaredKey, _ reason: String) {
        #expect(mistakes([key]) == ["handler \"greet\": the default of the key Key: \(reason)"])
    }

    @Test(
        arguments: [
            (HandlerKey("Key", .choice([]), default: "", help: ""), "it has no word to choose"),
            (
                HandlerKey("Key", .choice(["a", "A"]), default: "a", help: ""),
                "two of its words differ in case only"
            ),
            (
                HandlerKey("Key", .duration(upTo: .seconds(-1)), default: .zero, help: ""),
                "its limit must not be negative"
            ),
            (key("Key", .size(upTo: -1), default: 0), "its limit must not be negative"),
        ] as [(any DeclaredKey, String)])
    func aKindHasValues(_ key: any DeclaredKey, _ reason: String) {
        #expect(mistakes([key]) == ["handler \"greet\": the key Key: \(reason)"])
    }

    @Test(arguments: ["", "two words", "a=b", "[x", "é"])
    func aNameIsAWord(_ name: String) {
        #expect(
            mistakes([Self.key(name)]) == [
                "handler \"greet\": the name of the key \"\(name)\" must be of ASCII letters, digits, - "
                    + "and _"
            ])
        #expect(HandlerDeclaration(name: name).mistakes.count == 1)
    }

    @Test(arguments: [
        ("SslCert", "every host"), ("bindipaddr", "every host"), ("Workers", "[Server]"),
        ("IdleTimeout", nil), ("WebDocDir", nil),
    ])
    func aNameIsNoneOfTheSchema(_ name: String, _ home: String?) {
        let told = home.map {
            "handler \"greet\": the key \(name) is one of \($0): choose another name"
        }
        #expect(mistakes([HandlerKey(name, .path, default: nil, help: "")]).first == told)
    }

    @Test func twoKeysHaveTwoNames() {
        #expect(
            mistakes([Self.key("Room"), Self.patience, Self.key("Room")])
                == ["handler \"greet\": two keys are named Room"])
        #expect(
            mistakes([Self.key("Room"), Self.key("ROOM")])
                == ["handler \"greet\": the keys Room and ROOM are the same key"])
        // One is an alias of the other in ICS.
        let path = HandlerKey("DocDir", .path, default: nil, help: "")
        let alias = HandlerKey("WebDocDir", .path, default: nil, help: "")
        #expect(mistakes([path, alias]).count == 1)
    }

    @Test func traitsUseListedKeys() {
        let traits = HandlerTraits(
            requiredKey: .init(Self.patience, question: "?"), impliedBy: [.keys(Self.patience)])
        #expect(mistakes([Self.patience], traits) == [])
        #expect(
            mistakes([], traits) == [
                "handler \"greet\": its traits use the key Patience, which keys does not list"
            ])
    }

    @Test(arguments: BuiltinHandlers.all.map { $0.name })
    func theBuiltinHandlersHaveNone(_ name: String) {
        let all = BuiltinHandlers.all.map { HandlerDeclaration($0) } + handlers
        #expect(all.first { $0.name == name }?.mistakes == [])
    }
}
