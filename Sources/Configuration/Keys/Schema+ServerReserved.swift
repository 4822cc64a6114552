internal import HandlerAPI

extension Schema {
    /// Reserved keys of `[Server]` and the server sections of ICS only.
    static let serverReserved: [ReservedKey] = [
        .init(
            name: "SizeCompressMin", type: .number(0...1_000_000_000), defaultText: "5000",
            help: "The size of the smallest web response to compress, in bytes.",
            lack: "web content is not compressed yet"),
        .init(
            name: "SizeCompressMax", type: .number(0...1_000_000_000), defaultText: "5000000",
            help: "The size of the largest web response to compress, in bytes.",
            lack: "web content is not compressed yet"),
        .init(
            name: "MaxBlkSize", type: .number(1...1_000_000_000), defaultText: "8192",
            help: "How much of a file to read at a time, in bytes.",
            lack: "the daemon chooses the block size itself"),
        .init(
            name: "BandwidthSampling", type: .number(1...3_600_000), defaultText: "1000",
            help: "The interval between bandwidth measurements, in milliseconds.",
            lack: "bandwidth is not limited yet"),
        .init(
            name: "SessionTimeout", type: .number(0...31_536_000), defaultText: "300",
            help: "The lifetime of a web session, in seconds.",
            lack: "there are no web sessions yet"),
        .init(
            name: "MaxSessions", type: .number(0...10_000_000), defaultText: "0",
            help: "The maximum number of concurrent web sessions; 0 means no limit.",
            lack: "there are no web sessions yet"),
        .init(
            name: "Options", type: .webOptions,
            help: "Options of the web server, such as [hoAllowPut,hoSendServerHdr].",
            lack: "web hosts have no such options yet; WebDirList lists directories"),
        .init(
            name: "MaxUploadMB", type: .number(0...1_000_000), defaultText: "205",
            help: "The maximum size of a request body, in MiB."),
        .init(
            name: "MaxStreamMB", type: .number(0...1_000_000), defaultText: "51",
            help: "How much of an upload to keep in memory, in MiB.",
            lack: "uploads are discarded"),
        .init(
            name: "DebugLevel",
            type: .names([
                "DebugNone", "DebugConn", "DebugSsl", "DebugHttpHdr", "DebugHttpBody",
                "DebugChunks", "DebugAll",
            ]), defaultText: "DebugSsl", help: "What a proxy logs.",
            lack: "LogLevel controls what is logged"),
        .init(
            name: "TarSecLevel",
            type: .names([
                "sslSecLevelAny", "sslSecLevel80bits", "sslSecLevel112bits",
                "sslSecLevel128bits", "sslSecLevel192bits", "sslSecLevel256bits",
            ]), defaultText: "sslSecLevel112bits",
            help: "The TLS security level of connections to targets.",
            lack: "targets use the TLS policy of the daemon"),
        .init(
            name: "CertVerTar", type: .names(["CertVerNone", "CertVerBundle", "CertVerWinStore"]),
            defaultText: "CertVerBundle", help: "How to verify the certificates of targets.",
            lack: "hosts use TarVerify and TarCA instead"),
        .init(
            name: "SslRevocation", type: .flag, defaultText: "False",
            help: "True: check whether the certificates of targets are revoked.",
            lack: "revocation is not checked yet"),
        .init(
            name: "SslReportChain", type: .flag, defaultText: "False",
            help: "True: log the certificate chains of targets.",
            lack: "certificates of targets are not logged yet"),
        .init(
            name: "HttpIgnoreClose", type: .flag, defaultText: "False",
            help: "True: a proxy ignores requests to close a connection.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpSrcCompress", type: .flag, defaultText: "False",
            help: "True: a proxy compresses responses.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpTarCompress", type: .flag, defaultText: "False",
            help: "True: a target may compress responses.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpStripUpgrade", type: .flag, defaultText: "True",
            help: "True: a proxy removes Upgrade headers.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpStopCached", type: .flag, defaultText: "False",
            help: "True: a proxy removes If-Modified-Since headers.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpMaxBody", type: .number(0...1_000_000_000), defaultText: "10000000",
            help: "The size of the largest body that a proxy inspects, in bytes.",
            lack: "proxies do not inspect HTTP yet"),
        .init(
            name: "HttpCompMinSize", type: .number(0...1_000_000_000), defaultText: "5000",
            help: "The size of the smallest response that a proxy compresses, in bytes.",
            lack: "proxies do not inspect HTTP yet"),
    ]
}

extension ValueType<HandlerOptions.Value> {
    private static let webOptionNames = [
        "hoAllowDirList", "hoAllowOutsideRoot", "hoContentEncoding", "hoAllowOptions",
        "hoAllowPut", "hoAllowDelete", "hoAllowTrace", "hoAllowPatch", "hoAllowConnect",
        "hoSendServerHdr", "hoIgnoreIfModSince", "hoAddMissPath",
    ]

    /// A Delphi set: names by comma in square brackets.
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
