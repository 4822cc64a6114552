internal import HandlerAPI

/// The keys of web hosts; those of ICS have its spelling.
enum SiteKeys {
    /// The keys of both `web` and `redirect`.
    static let shared: [HandlerKey] = [
        HandlerKey(
            "WellKnownPath", .path, default: "",
            help: "the directory served as /.well-known/, before any redirect"),
        HandlerKey(
            "WebRedirectURL", .text, default: "",
            help:
                "where clients are sent instead; %host% stands for the host of the request, %path% for its "
                + "path and query: https://%host%/%path% sends any name to https, in a host with Hosts=* and no "
                + "SSL port; a host with both ports needs AuthForceSsl=True only"),
        HandlerKey(
            "WebRedirectStat", .choice(["0", "301", "302", "307", "308"]), default: "0",
            help: "the status of the redirect; 0 for none, which is 302 with Handler=redirect"),
        HandlerKey(
            "WebHsts", .integer(0...63_072_000), default: "0",
            help: "seconds for which browsers shall come by https only, 0 for no such header"),
        HandlerKey(
            "ServerHeader", .text, default: "icshostd",
            help: "the Server header of answers; blank for none"),
        HandlerKey(
            "PersistentHeader", .texts, default: "",
            help: "a header line of all answers; may be given again and again"),
        HandlerKey(
            "WebHeader", .texts, default: "",
            help: "the same: Name: value"),
        HandlerKey(
            "WebErrorDir", .path, default: "",
            help: "the directory of error pages, named 404.html and so on"),
        HandlerKey(
            "WebLogDir", .path, default: "",
            help: "the directory of the access log, or a path with a mask such as "
                + "web/\"webapp-\"yyyymmdd\".log\"; a relative one is below $LOGS_DIRECTORY, else "
                + "/var/log/icshostd"),
        HandlerKey(
            "WebLogFormat", .choice(["w3c", "combined", "json", "journal"]), default: "w3c",
            help: "how the access log is written; journal needs no WebLogDir"),
        HandlerKey(
            "KeepAliveTimeSec", .integer(0...86_400), default: "10",
            help: "seconds that a client may be idle between requests; 0 closes after each"),
        HandlerKey(
            "KeepAliveTimeXferSec", .integer(1...86_400), default: "300",
            help: "seconds that a client may stall in a transfer"),
        HandlerKey(
            "MaxRequestsKeepAlive", .integer(0...1_000_000), default: "100",
            help: "requests on one connection, 0 for no limit"),
        HandlerKey(
            "WebHeaderTimeout", .duration(upTo: .seconds(3_600)), default: "20",
            help: "from the first byte of a request to the end of its header; again for its body"),
        HandlerKey(
            "WebMinBodyRate", .integer(0...1_000_000_000), default: "500",
            help: "bytes a second that a body must come with when it takes longer; 0 for any"),
        HandlerKey(
            "MaxUploadMB", .integer(0...1_000_000), default: "205",
            help: "MiB of the body of a request, which is read and thrown away"),
        HandlerKey(
            "WebCacheMB", .integer(0...1_000_000), default: "32",
            help: "MiB of small files that all web hosts together hold in memory; alike in each"),
    ]

    /// The keys of `web` alone.
    static let documents: [HandlerKey] = [
        HandlerKey(
            "WebDocDir", .path, default: "",
            help: "the directory of the documents"),
        HandlerKey(
            "WebDefDoc", .list, default: "index.html, index.htm",
            help: "what a directory shows, by comma: the first that is there"),
        HandlerKey(
            "WebDirList", .boolean, default: "False",
            help: "True: list directories that have no such document"),
        HandlerKey(
            "WebCacheControl", .unquotedText, default: "",
            help: "the Cache-Control header of files"),
    ]
}
