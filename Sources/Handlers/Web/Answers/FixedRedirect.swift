internal import HTTP

/// The prepared answers of a site that redirects all requests to one address.
///
/// A class: each copy of a struct would retain all four.
final class FixedRedirect: Sendable {
    private let plain, lastPlain, secure, lastSecure: AnswerTemplate

    /// Prepares the answers; nil without a redirect, or if its address depends on the request.
    ///
    /// - Parameters:
    ///   - redirection: where clients are sent.
    ///   - lines: header lines of each answer.
    ///   - secureLines: those of answers over TLS.
    init?(_ redirection: Redirection?, lines: [UInt8], secureLines: [UInt8]) {
        guard let redirection, let location = redirection.fixedLocation else { return nil }
        func answer(_ more: [UInt8]) -> AnswerTemplate {
            let content = ErrorPage.words(redirection.status)
            var head = "Location: \(String(decoding: location, as: UTF8.self))\r\n"
            head += "Content-Type: text/html\r\nContent-Length: \(content.count)\r\n"
            return AnswerTemplate(
                redirection.status, lines: more + lines + Array(head.utf8), content: content)
        }
        plain = answer([])
        lastPlain = answer(Site.closing)
        secure = answer(secureLines)
        lastSecure = answer(Site.closing + secureLines)
    }

    /// The answer for a client of HTTP/1.1.
    ///
    /// - Parameters:
    ///   - isSecure: whether it came over TLS.
    ///   - isLast: whether the connection ends with it.
    /// - Returns: the answer, whose date is still to be set.
    func answer(isSecure: Bool, isLast: Bool) -> AnswerTemplate {
        if isSecure { isLast ? lastSecure : secure } else { isLast ? lastPlain : plain }
    }
}
