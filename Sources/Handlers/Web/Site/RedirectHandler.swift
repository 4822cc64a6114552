internal import HandlerAPI

/// Sends web clients elsewhere.
struct RedirectHandler: SiteHandler {
    static let name = "redirect"
    static let summary = "sends web clients to another address"
    static let keys = SiteKeys.shared
    // ICS redirects with a status only; here the address is enough where nothing else serves.
    static let traits = HandlerTraits(
        speaksHTTP: true, redirect: .init(addressKey: SiteKeys.webRedirectURL),
        requiredKey: .init(
            SiteKeys.webRedirectURL,
            question: "Address to redirect to, such as https://example.org%path%"),
        impliedBy: [
            .keys(SiteKeys.webRedirectURL, SiteKeys.webRedirectStat, precedence: .first),
            .keys(SiteKeys.webRedirectURL, precedence: .last),
        ])

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .redirect) }
}
