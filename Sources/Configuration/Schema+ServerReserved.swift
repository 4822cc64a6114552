extension Schema {
    /// Reserved keys of `[Server]` and the server sections of ICS alone.
    static let serverReserved: [ReservedKey] = [
        .init(
            name: "SizeCompressMin", type: .number(0...1_000_000_000), defaultText: "5000",
            help: "bytes from which on web content is compressed"),
        .init(
            name: "SizeCompressMax", type: .number(0...1_000_000_000), defaultText: "5000000",
            help: "bytes up to which web content is compressed"),
        .init(
            name: "MaxBlkSize", type: .number(1...1_000_000_000), defaultText: "8192",
            help: "bytes of a file that are read at a time"),
        .init(
            name: "BandwidthSampling", type: .number(1...3_600_000), defaultText: "1000",
            help: "milliseconds between two looks at the bandwidth"),
        .init(
            name: "SessionTimeout", type: .number(0...31_536_000), defaultText: "300",
            help: "seconds that a web session lasts"),
        .init(
            name: "MaxSessions", type: .number(0...10_000_000), defaultText: "0",
            help: "web sessions at one time, 0 for no limit"),
        .init(
            name: "Options", type: .webOptions,
            help: "options of the web server, such as [hoAllowPut,hoSendServerHdr]"),
        .init(
            name: "MaxUploadMB", type: .number(0...1_000_000), defaultText: "205",
            help: "MiB that a web client may upload"),
        .init(
            name: "MaxStreamMB", type: .number(0...1_000_000), defaultText: "51",
            help: "MiB of an upload that are kept in memory"),
        .init(
            name: "DebugLevel",
            type: .names([
                "DebugNone", "DebugConn", "DebugSsl", "DebugHttpHdr", "DebugHttpBody",
                "DebugChunks", "DebugAll",
            ]), defaultText: "DebugSsl", help: "what a proxy logs"),
        .init(
            name: "TarSecLevel",
            type: .names([
                "sslSecLevelAny", "sslSecLevel80bits", "sslSecLevel112bits",
                "sslSecLevel128bits", "sslSecLevel192bits", "sslSecLevel256bits",
            ]), defaultText: "sslSecLevel112bits", help: "the TLS level towards targets"),
        .init(
            name: "CertVerTar", type: .names(["CertVerNone", "CertVerBundle", "CertVerWinStore"]),
            defaultText: "CertVerBundle", help: "how certificates of targets are checked"),
        .init(
            name: "SslRevocation", type: .flag, defaultText: "False",
            help: "True: ask whether certificates of targets are revoked"),
        .init(
            name: "SslReportChain", type: .flag, defaultText: "False",
            help: "True: log the certificates of targets"),
        .init(
            name: "HttpIgnoreClose", type: .flag, defaultText: "False",
            help: "True: a proxy keeps connections that are to be closed"),
        .init(
            name: "HttpSrcCompress", type: .flag, defaultText: "False",
            help: "True: a proxy compresses answers"),
        .init(
            name: "HttpTarCompress", type: .flag, defaultText: "False",
            help: "True: a target may compress answers"),
        .init(
            name: "HttpStripUpgrade", type: .flag, defaultText: "True",
            help: "True: a proxy removes offers to upgrade"),
        .init(
            name: "HttpStopCached", type: .flag, defaultText: "False",
            help: "True: a proxy removes If-Modified-Since"),
        .init(
            name: "HttpMaxBody", type: .number(0...1_000_000_000), defaultText: "10000000",
            help: "bytes of a body that a proxy looks into"),
        .init(
            name: "HttpCompMinSize", type: .number(0...1_000_000_000), defaultText: "5000",
            help: "bytes from which on a proxy compresses"),
    ]
}

extension ValueType<HandlerOptionValue> {
    private static let webOptionNames = [
        "hoAllowDirList", "hoAllowOutsideRoot", "hoContentEncoding", "hoAllowOptions",
        "hoAllowPut", "hoAllowDelete", "hoAllowTrace", "hoAllowPatch", "hoAllowConnect",
        "hoSendServerHdr", "hoIgnoreIfModSince", "hoAddMissPath",
    ]

    /// A set of Delphi: names by comma in square brackets.
    fileprivate static let webOptions = ValueType(
        "a list such as [hoAllowPut,hoSendServerHdr]", words: webOptionNames
    ) { text, key, diagnostics in
        var isGood = text.value.hasPrefix("[") == text.value.hasSuffix("]")
        if !isGood {
            diagnostics.error(
                at: text.location,
                "\(key) must end as it begins, with [ and ], not \(text.value.quoted)")
        }
        for item in text.commaSeparated {
            let brackets: Set<Character> = ["[", "]", " "]
            let start = item.value.prefix { brackets.contains($0) }.count
            let word = item.value.filter { !brackets.contains($0) }
            guard !word.isEmpty,
                !webOptionNames.contains(where: { $0.lowercased() == word.lowercased() })
            else { continue }
            isGood = false
            let place = SourceLocation(
                file: item.location.file, line: item.location.line,
                column: item.location.column + start)
            diagnostics.error(
                at: place,
                "\(key) must be names of \(webOptionNames.joined(separator: ", ")), not "
                    + word.quoted + Suggestion.hint(for: word, among: webOptionNames))
        }
        return isGood ? .text(text.value) : nil
    }
}
