internal import HandlerAPI

/// Sends web clients elsewhere.
struct RedirectHandler: SiteHandler {
    static let name = "redirect"
    static let summary = "sends web clients to another address"
    static let keys = SiteKeys.shared

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .redirect) }
}
