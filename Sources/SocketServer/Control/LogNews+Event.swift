package import Files
internal import HandlerAPI
package import Serving

extension LogNews {
    /// The record of an access log, whose hosts are degraded as long as it cannot be written.
    ///
    /// - Parameters:
    ///   - tag: the tag of the hosts.
    ///   - server: their server.
    /// - Returns: the record.
    package func event(ofHostsTagged tag: String, on server: Server) -> ServerEvent {
        let subject = "access log"
        switch self {
        case .trouble(let text, let code):
            let detail = "the access log cannot be written: \(text)"
            server.raise(subject, detail, ofHostsTagged: tag)
            return ServerEvent(
                .hostDegraded, .error, hostTag: tag, detail: detail, errorNumber: code)
        case .recovery(let text):
            server.clear(subject, ofHostsTagged: tag)
            return ServerEvent(
                .hostRecord, .notice, hostTag: tag,
                detail: "the access log is written again: \(text)")
        }
    }
}
