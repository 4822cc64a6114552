internal import Files
internal import HTTP
internal import HandlerAPI
internal import NetworkTypes
internal import TextFormats

/// One request in one of the formats of access logs.
struct AccessLine {
    private(set) var bytes: [UInt8] = []

    /// The first lines of a file in the extended format of the W3C; the fields are those of the web
    /// samples of ICS.
    static let w3cHeader = Array(
        """
        #Software: \(ProgramIdentity.command)
        #Version: 1.0
        #Fields: date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port \
        cs-username c-ip cs-version cs(User-Agent) cs(Referer) cs-host sc-status sc-bytes cs-bytes \
        time-taken

        """.utf8)

    private let facts: AccessRecord.Facts
    private let reply: Reply
    private let client: Client
    private let microseconds: Int

    init(
        _ facts: AccessRecord.Facts, _ reply: Reply, _ client: Client, _ loop: WebLoop,
        _ log: AccessLog, microseconds: Int
    ) {
        (self.facts, self.reply, self.client) = (facts, reply, client)
        self.microseconds = microseconds
        bytes.reserveCapacity(320)
        switch log.format {
        case .w3c: writeW3C(loop.second, log.siteName)
        case .combined: writeCombined(loop.second)
        case .json: writeJSON(loop.second, log.siteName)
        case .journal: writeJournal()
        }
    }

    /// The W3C's format: fields by spaces, in UTC, a dash for what is not there.
    private mutating func writeW3C(_ second: Int, _ site: String) {
        let date = CivilDate(secondsSince1970: second)
        put("\(date.isoDay) \(date.isoTime) ")
        let local = client.localAddress
        for field in [Array(site.utf8), Array(LocalMachine.name.utf8), Array("\(local.ip)".utf8)] {
            word(field)
        }
        word(facts.method)
        word(facts.path)
        word(facts.query ?? [])
        put("\(local.port) - \(client.remoteAddress.ip) ")
        put(facts.method.isEmpty ? "- " : "HTTP/1.\(facts.isVersion10 ? 0 : 1) ")
        word(facts.userAgent)
        word(facts.referer)
        word(facts.host)
        // In range: a quotient.
        put("\(reply.status.code) \(reply.length) \(facts.length) \(microseconds / 1_000)\n")
    }

    /// A word without spaces, which would begin the next: they become `+`.
    ///
    /// What is not ASCII is escaped: it could mean anything to the terminal that shows the log.
    private mutating func word(_ text: [UInt8]) {
        if text.isEmpty { bytes.append(UInt8(ascii: "-")) }
        for byte in text {
            switch byte {
            case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
            case 0x21..<0x7f: bytes.append(byte)
            default: put("%" + AccessLine.hexadecimal(byte))
            }
        }
        bytes.append(UInt8(ascii: " "))
    }

    /// The "combined" format that log analysers read.
    private mutating func writeCombined(_ second: Int) {
        let date = CivilDate(secondsSince1970: second)
        let month = CivilDate.months[date.month - 1].prefix(3)
        put("\(client.remoteAddress.ip) - - [\(date.day.padded(to: 2))/\(month)/")
        put("\(date.year):\(date.isoTime) +0000] \"")
        quoted(request)
        put("\" \(reply.status.code) \(reply.length) \"")
        quoted(facts.referer.isEmpty ? Array("-".utf8) : facts.referer)
        put("\" \"")
        quoted(facts.userAgent.isEmpty ? Array("-".utf8) : facts.userAgent)
        put("\"\n")
    }

    /// The request line.
    private var request: [UInt8] {
        guard !facts.method.isEmpty else { return Array("-".utf8) }
        return facts.method + [UInt8(ascii: " ")] + target
            + Array(" HTTP/1.\(facts.isVersion10 ? 0 : 1)".utf8)
    }

    private var target: [UInt8] {
        facts.path + (facts.query.map { [UInt8(ascii: "?")] + $0 } ?? [])
    }

    /// Escapes what would end a quoted string, so that a client cannot forge lines.
    private mutating func quoted(_ text: [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes += [UInt8(ascii: "\\"), byte]
            case 0x20..<0x7f: bytes.append(byte)
            default: put("\\x" + AccessLine.hexadecimal(byte))
            }
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        Int(byte).padded(to: 2, radix: 16, uppercase: true)
    }

    /// An object on a line.
    private mutating func writeJSON(_ second: Int, _ site: String) {
        let date = CivilDate(secondsSince1970: second)
        put("{\"time\":\"\(date.isoDay)T\(date.isoTime)Z\"")
        member("site", Array(site.utf8))
        member("client", Array("\(client.remoteAddress.ip)".utf8))
        member("method", facts.method)
        member("target", target)
        member("host", facts.host)
        member("userAgent", facts.userAgent)
        member("referer", facts.referer)
        put(",\"version\":\"1.\(facts.isVersion10 ? 0 : 1)\",\"status\":\(reply.status.code)")
        put(",\"bytes\":\(reply.length),\"requestBytes\":\(facts.length)")
        put(",\"microseconds\":\(microseconds)}\n")
    }

    private mutating func member(_ name: String, _ value: [UInt8]) {
        put(",\"\(name)\":")
        // What is no UTF-8 is replaced: JSON has no other text.
        bytes.appendJSON(String(decoding: value, as: UTF8.self))
    }

    /// The fields of the client are in the record already.
    private mutating func writeJournal() {
        bytes += request
        put(" \(reply.status.code) \(reply.length) \(microseconds) us")
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
