import Configuration
import Testing

@Suite struct HandlerKeyTests {
    private let chargen = host.replacing("Handler=echo", with: "Handler=chargen")

    private func options(_ text: String) -> [String] {
        let loaded = load(text)
        #expect(loaded.told == [])
        return (loaded.settings.hosts.first?.handlerOptions ?? []).map {
            "\($0.key) \($0.value) \($0.location.line):\($0.location.column)"
        }
    }

    @Test func silentKeysHaveTheirDefaultAtTheSection() {
        #expect(
            options(chargen) == [
                "Greeting text(\"hello\") 1:1", "LineLength integer(72) 1:1",
                "Loud boolean(false) 1:1", "Pause duration(1.0 seconds) 1:1",
                "Style text(\"plain\") 1:1",
            ])
    }

    @Test func keysAreReadByTheirTypeWhereverTheyStand() {
        let text = chargen.replacing(
            "Handler=",
            with: "GREETING=\nlinelength=512\nLoud=on\nPause=500ms\nStyle=FANCY\nHandler=")
        #expect(
            options(text) == [
                "Greeting text(\"\") 5:10", "LineLength integer(512) 6:12",
                "Loud boolean(true) 7:6", "Pause duration(0.5 seconds) 8:7",
                "Style text(\"fancy\") 9:7",
            ])
    }

    @Test func aBlankKeyHasItsDefault() {
        #expect(options(chargen + "LineLength=\n")[1] == "LineLength integer(72) 6:12")
    }

    @Test(arguments: [
        ("LineLength=513", 12, "LineLength must be a number from 1 to 512, not \"513\""),
        (
            "Pause=2m", 7,
            "Pause must be a time from 0s to 1m, in seconds or with ms, s, m or h, not \"2m\""
        ),
        (
            "Style=fanci", 7,
            "Style must be one of plain, fancy, not \"fanci\"; did you mean \"fancy\"?"
        ),
        ("Stile=x", 1, "unknown key \"Stile\" in [Host1]; did you mean \"Style\"?"),
    ])
    func namesThePlaceOfAMistake(_ line: String, _ column: Int, _ message: String) {
        #expect(diagnose(chargen + line + "\n") == ["c:6:\(column): error: \(message)"])
    }

    @Test func refusesTheKeysOfAHandlerThatIsNotNamed() {
        let text = host.replacing("Handler=echo", with: "Style=fancy")
        #expect(
            diagnose(text) == [
                "c:1:1: error: Handler is missing: name one of echo, chargen",
                "c:5:1: error: Style is a key of the handler chargen, and Handler is missing",
            ])
    }

    @Test func anUnknownHandlerIsNoMistakeOfTheFileButItsKeysAre() {
        let text = host.replacing("Handler=echo", with: "Handler=web")
        #expect(diagnose(text) == [])
        #expect(load(text).settings.hosts.first?.handler?.value == "web")
        #expect(
            diagnose(text + "FooDirs=x\nStyle=fancy\n") == [
                "c:6:1: error: unknown key \"FooDirs\" in [Host1]",
                "c:7:1: error: Style is a key of the handler chargen, not of \"web\"",
            ])
    }
}
