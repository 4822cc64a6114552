internal import HandlerAPI

/// Serves files over HTTP/1.1, or sends clients elsewhere.
struct WebHandler: SiteHandler {
    static let name = "web"
    static let summary = "serves files over HTTP/1.1"
    static let keys = SiteKeys.documents + SiteKeys.shared
    static let traits = HandlerTraits(
        speaksHTTP: true,
        redirect: .init(addressKey: SiteKeys.webRedirectURL, statusKey: SiteKeys.webRedirectStat),
        requiredKey: .init(SiteKeys.webDocDir, question: "Document root"),
        impliedBy: [.keys(SiteKeys.webDocDir)])

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .web) }
}
