internal import Files
internal import HTTP

/// The content of answers that are about their status.
enum ErrorPage {
    /// The size of a site's own page; longer ones are not sent.
    static let sizeLimit = 262_144

    /// The site's own page (`WebErrorDir`), else a few words.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - site: whose page.
    ///   - second: now.
    ///   - report: called for a page that exists and cannot be read.
    /// - Returns: the page.
    static func content(
        _ status: Status, of site: Site, at second: Int,
        report: (FileTrouble, Folder, _ name: [UInt8]) -> Void
    ) -> [UInt8] {
        guard status.code >= 400, let folder = site.errorPages else { return words(status) }
        let name = Array("\(status.code).html".utf8)
        do throws(FileTrouble) {
            let file = try folder.open(name.span, at: second)
            guard file.kind == .regular, file.size <= sizeLimit else { return words(status) }
            return try file.read(count: file.size)
        } catch {
            if error.isFailure { report(error, folder, name) }
            return words(status)
        }
    }

    /// A few words.
    static func words(_ status: Status) -> [UInt8] { allWords[status.code] ?? [] }

    private static let allWords = Dictionary(
        uniqueKeysWithValues: (200..<600).map(Status.init).filter(\.isKnown).map { status in
            let text = "\(status.code) \(status.phrase)"
            let page = "<!doctype html>\n<title>\(text)</title>\n<h1>\(text)</h1>\n"
            return (status.code, Array(page.utf8))
        })
}
