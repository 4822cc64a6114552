internal import HandlerAPI

/// The limits of a site's clients: times and sizes.
struct SiteLimits: Sendable {
    /// Between two requests; zero closes after each.
    let keepAlive: Duration
    /// Without progress while an answer is sent.
    let transfer: Duration
    /// From the first byte of a request to the end of its head; content of any length has as long.
    let head: Duration
    /// Requests on a connection; the greatest number means no limit.
    let requests: UInt64
    /// Bytes of the content of a request.
    let content: Int
    /// Bytes a second of a content that takes longer than ``head``; 0 for no minimum.
    let contentRate: Int
    /// Bytes of files that all sites hold in memory together.
    let cache: Int

    init(_ options: HandlerOptions) {
        keepAlive = .seconds(options[SiteKeys.keepAliveTimeSec])
        transfer = .seconds(options[SiteKeys.keepAliveTimeXferSec])
        head = options[SiteKeys.webHeaderTimeout]
        let most = options[SiteKeys.maxRequestsKeepAlive]
        requests = most == 0 ? .max : UInt64(most)
        content = options[SiteKeys.maxUploadMB] << 20
        contentRate = options[SiteKeys.webMinBodyRate]
        cache = options[SiteKeys.webCacheMB] << 20
    }
}
