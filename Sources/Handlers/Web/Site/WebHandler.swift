internal import HandlerAPI

/// Serves files over HTTP/1.1, or sends clients elsewhere.
struct WebHandler: SiteHandler {
    static let name = "web"
    static let summary = "serves files over HTTP/1.1"
    static let keys = SiteKeys.documents + SiteKeys.shared

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .web) }
}
