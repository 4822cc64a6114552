internal import Files
internal import HTTP

/// The listing of a directory as a page (`WebDirList`).
enum FolderPage {
    /// Writes the page.
    ///
    /// - Parameters:
    ///   - listing: its entries.
    ///   - path: the path of the request.
    /// - Returns: the page in UTF-8.
    static func content(_ listing: FolderListing, path: [UInt8]) -> [UInt8] {
        var page = Array("<!doctype html>\n<meta charset=\"utf-8\">\n<title>".utf8)
        escape(path, to: &page)
        page += Array("</title>\n<h1>".utf8)
        escape(path, to: &page)
        page += Array("</h1>\n<table>\n".utf8)
        if path.count > 1 { page += Array("<tr><td><a href=\"../\">../</a>\n".utf8) }
        for entry in listing.entries {
            let name = entry.name + (entry.isFolder ? [UInt8(ascii: "/")] : [])
            page += Array("<tr><td><a href=\"./".utf8)
            for byte in name { PercentEncoding.append(byte, of: .decoded, to: &page) }
            page += Array("\">".utf8)
            escape(name, to: &page)
            let size = entry.isFolder ? "" : "\(entry.size)"
            page += Array(
                "</a><td>\(size)<td>\(HTTPDate.text(secondsSince1970: entry.modified))\n".utf8)
        }
        page += Array("</table>\n".utf8)
        if listing.isCut { page += Array("<p>There is more.\n".utf8) }
        return page
    }

    private static func escape(_ text: [UInt8], to page: inout [UInt8]) {
        // Invalid UTF-8 is replaced: the page declares UTF-8.
        for byte in String(decoding: text, as: UTF8.self).utf8 {
            switch byte {
            case UInt8(ascii: "<"): page += Array("&lt;".utf8)
            case UInt8(ascii: "&"): page += Array("&amp;".utf8)
            case UInt8(ascii: "\""): page += Array("&quot;".utf8)
            default: page.append(byte)
            }
        }
    }
}
