internal import HandlerAPI
internal import TextFormats

/// The keys of web hosts; those of ICS have its spelling.
enum SiteKeys {
    /// The keys of both `web` and `redirect`.
    static let shared: [any DeclaredKey] = [
        wellKnownPath, webRedirectURL, webRedirectStat, webHsts, serverHeader, persistentHeader,
        webHeader, webErrorDir, webLogDir, webLogFormat, keepAliveTimeSec, keepAliveTimeXferSec,
        maxRequestsKeepAlive, webHeaderTimeout, webMinBodyRate, maxUploadMB, webCacheMB,
    ]

    /// The keys of `web` alone.
    static let documents: [any DeclaredKey] = [webDocDir, webDefDoc, webDirList, webCacheControl]

    static let wellKnownPath = HandlerKey(
        "WellKnownPath", .path, default: nil,
        help: "The directory to serve as /.well-known/. It takes precedence over redirects.")
    static let webRedirectURL = HandlerKey(
        "WebRedirectURL", .text, default: "",
        help: "The address to redirect all requests to. %host% stands for the host of the "
            + "request, %path% for its path and query. https://%host%/%path% redirects any "
            + "name to https, in a host with Hosts=* and no SSL port; a host with both "
            + "ports needs only AuthForceSsl=True.")
    static let webRedirectStat = HandlerKey(
        "WebRedirectStat", .choice(["0", "301", "302", "307", "308"]), default: "0",
        help: "The status code of redirects. 0 disables them; with Handler=redirect it "
            + "means 302.")
    static let webHsts = HandlerKey(
        "WebHsts", .integer(0...63_072_000), default: 0,
        help: "The max-age of the Strict-Transport-Security header, in seconds; 0 sends no "
            + "such header.")
    static let serverHeader = HandlerKey(
        "ServerHeader", .text, default: ProgramIdentity.command,
        help: "The Server header of responses. Blank sends none.")
    static let persistentHeader = HandlerKey(
        "PersistentHeader", .texts, default: [],
        help: "A header line for all responses, NAME: VALUE. May be repeated.")
    static let webHeader = HandlerKey(
        "WebHeader", .texts, default: [],
        help: "The same as PersistentHeader.")
    static let webErrorDir = HandlerKey(
        "WebErrorDir", .path, default: nil,
        help: "The directory of error pages, such as 404.html.")
    static let webLogDir = HandlerKey(
        "WebLogDir", .path, default: nil,
        help: "The directory of the access log, or a path with a date mask such as "
            + "web/\"webapp-\"yyyymmdd\".log\". A relative path starts at $LOGS_DIRECTORY, "
            + "which systemd sets, or else at \(ProgramIdentity.current.logsDirectory).")
    static let webLogFormat = HandlerKey(
        "WebLogFormat", .choice, default: AccessLog.Format.w3c,
        help: "The format of the access log: w3c, combined, json, or journal for records in "
            + "the journal, which need no WebLogDir.")
    static let keepAliveTimeSec = HandlerKey(
        "KeepAliveTimeSec", .integer(0...86_400), default: 10,
        help: "How long a client may be idle between requests, in seconds; 0 closes the "
            + "connection after each response.")
    static let keepAliveTimeXferSec = HandlerKey(
        "KeepAliveTimeXferSec", .integer(1...86_400), default: 300,
        help: "How long a transfer may stall before the client is disconnected, in seconds.")
    static let maxRequestsKeepAlive = HandlerKey(
        "MaxRequestsKeepAlive", .integer(0...1_000_000), default: 100,
        help: "The maximum number of requests on one connection; 0 means no limit.")
    static let webHeaderTimeout = HandlerKey(
        "WebHeaderTimeout", .duration(upTo: .seconds(3_600)), default: .seconds(20),
        help: "How long the header of a request may take, from its first byte, in seconds "
            + "or with a unit: ms, s, m or h. The body may take as long again, and longer "
            + "at WebMinBodyRate.")
    static let webMinBodyRate = HandlerKey(
        "WebMinBodyRate", .integer(0...1_000_000_000), default: 500,
        help: "The minimum rate of a request body that takes longer than WebHeaderTimeout, "
            + "in bytes per second; 0 means no minimum.")
    static let maxUploadMB = HandlerKey(
        "MaxUploadMB", .integer(0...1_000_000), default: 205,
        help: "The maximum size of a request body, in MiB. A larger one is refused with "
            + "status 413. Bodies are read and discarded.")
    static let webCacheMB = HandlerKey(
        "WebCacheMB", .integer(0...1_000_000), default: 32,
        help: "The memory for small files, in MiB, which all web hosts share. Set the same "
            + "value in each.")
    static let webDocDir = HandlerKey(
        "WebDocDir", .path, default: nil,
        help: "The document root.")
    static let webDefDoc = HandlerKey(
        "WebDefDoc", .list, default: ["index.html", "index.htm"],
        help: "The index documents of a directory, separated by commas. The first that "
            + "exists is served.")
    static let webDirList = HandlerKey(
        "WebDirList", .boolean, default: false,
        help: "True: list directories without an index document.")
    static let webCacheControl = HandlerKey(
        "WebCacheControl", .unquotedText, default: "",
        help: "The Cache-Control header of files. Blank sends none.")
}
