internal import HTTP
internal import HandlerAPI

/// Serves files over HTTP/1.1, or sends clients elsewhere.
struct WebHandler: Handler {
    static let name = "web"
    static let summary = "serves files over HTTP/1.1"
    static let keys = SiteKeys.documents + SiteKeys.shared
    static let traits = HandlerTraits(
        speaksHTTP: true,
        redirect: .init(addressKey: "WebRedirectURL", statusKey: "WebRedirectStat"),
        requiredKey: .init("WebDocDir", question: "Directory of the documents"),
        impliedBy: [.keys("WebDocDir")])
    static let startsAtRest = true
    static let applicationProtocols = ["http/1.1", "http/1.0"]
    static let busyAnswer: String? = WebAnswer.busy

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .web) }

    var firstByteTimeout: Duration? { site.limits.head }

    func serveAtOnce(_ client: Client) throws -> ServedAtOnce? {
        try WebFront.serveAtOnce(client, of: site)
    }

    func serve(_ client: Client) async throws -> Afterwards {
        try await WebFront.serve(client, of: site)
    }
}
