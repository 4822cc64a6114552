internal import HandlerAPI

/// Sends web clients elsewhere.
struct RedirectHandler: SiteHandler {
    static let name = "redirect"
    static let summary = "sends web clients to another address"
    static let keys = SiteKeys.shared
    // ICS redirects with a status only; here the address is enough where nothing else serves.
    static let traits = HandlerTraits(
        speaksHTTP: true, redirect: .init(addressKey: "WebRedirectURL"),
        requiredKey: .init(
            "WebRedirectURL",
            question: "Address to redirect to, such as https://example.org%path%"),
        impliedBy: [
            .keys("WebRedirectURL", "WebRedirectStat", precedence: .first),
            .keys("WebRedirectURL", precedence: .last),
        ])

    let site: Site

    init(_ options: HandlerOptions) throws { site = try Site(options, kind: .redirect) }
}
