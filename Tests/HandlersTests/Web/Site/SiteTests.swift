import HandlerAPI
import HandlerTesting
import TestSupport
import Testing

@testable import Handlers

/// The keys of a web host.
@Suite struct SiteTests {
    private static func error(_ texts: [String: String], requiresTLS: Bool = false) throws
        -> any Error
    {
        let directory = try TemporaryDirectory()
        try directory.write("", to: "file")
        var texts = texts
        texts["WebDocDir"] = (texts["WebDocDir"] ?? ".").replacing(".", with: directory.path)
        return try #require(throws: (any Error).self) {
            try WebHandler(HandlerOptions(of: WebHandler.self, texts, requiresTLS: requiresTLS))
        }
    }

    @Test(arguments: [
        ("ServerHeader", "a\u{1}"), ("PersistentHeader", "no colon"),
        ("PersistentHeader", "a b: c"),
        ("WebHeader", "Content-Length: 3"), ("WebHeader", "DATE: now"), ("WebHeader", ": x"),
        ("WebHeader", "X: \u{7f}"), ("WebCacheControl", "a\u{0}"), ("WebDefDoc", "a, sub/b"),
        ("WebDefDoc", ".hidden"), ("WebDocDir", ""), ("WebLogDir", "\"x\"q"),
    ])
    func aValueThatCannotBeUsedIsAMistakeOfItsKey(_ key: String, _ value: String) throws {
        let error = try #require(try Self.error([key: value]) as? HandlerOptionError)
        #expect(error.key == key && error.isMistake)
        if key == "WebDefDoc" { #expect(error.item == (value == ".hidden" ? 0 : 1)) }
    }

    @Test(arguments: [
        ("WebDocDir", "./none"), ("WebDocDir", "./file"), ("WellKnownPath", "/none"),
        ("WebErrorDir", "/none"),
    ])
    func aDirectoryThatIsNoneIsTroubleOfThisMachine(_ key: String, _ path: String) throws {
        let error = try #require(try Self.error([key: path]) as? HandlerOptionError)
        #expect(error.key == key && !error.isMistake && error.message.hasPrefix("/"))
    }

    @Test func theirPortOfTLSMustBeKnownToThoseWhoAreSentThere() throws {
        let error = try #require(try Self.error([:], requiresTLS: true) as? SiteTrouble)
        #expect("\(error)" == "AuthForceSsl needs BindSslPort to be a number")
    }

    @Test func limitsAreThoseOfTheKeys() throws {
        let site = try WebSite([
            "KeepAliveTimeSec": "1", "KeepAliveTimeXferSec": "2", "WebHeaderTimeout": "3s",
            "MaxRequestsKeepAlive": "0", "MaxUploadMB": "5", "WebMinBodyRate": "6",
            "WebCacheMB": "7",
        ])
        let limits = site.handler.site.limits
        #expect(limits.keepAlive == .seconds(1) && limits.transfer == .seconds(2))
        #expect(limits.head == .seconds(3) && limits.requests == .max)
        #expect(limits.content == 5 << 20 && limits.contentRate == 6 && limits.cache == 7 << 20)
        #expect(site.handler.firstByteTimeout == .seconds(3))
    }

    @Test func theAnswerWithoutRoomIsAWholeOne() throws {
        let answers = try WebAnswer.all(in: Array((WebHandler.busyAnswer ?? "").utf8))
        #expect(answers.map(\.status) == [503] && answers[0]["connection"] == "close")
        #expect(
            WebHandler.startsAtRest && WebHandler.applicationProtocols == ["http/1.1", "http/1.0"])
    }
}
