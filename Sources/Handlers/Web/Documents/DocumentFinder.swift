internal import Files
internal import HTTP

/// Finds the document of a path, in memory or on the disk.
struct DocumentFinder {
    /// What was found.
    enum Found {
        case document(Document)
        /// A directory, requested without its final slash.
        case folderWithoutSlash
        /// A directory without a default document.
        case folder(OpenFile)
        case refused(Status)
        /// A file that cannot be read because of a fault of this machine.
        case failed(Status, FileTrouble)
    }

    private let folder: Folder
    private let loop: WebLoop
    private let site: Site

    init(_ folder: Folder, _ loop: WebLoop, _ site: Site) {
        (self.folder, self.loop, self.site) = (folder, loop, site)
    }

    /// Finds a path that begins with a slash and has neither dot segments nor NUL.
    ///
    /// The system calls are made on the loop: a name that the kernel has in its cache costs a few
    /// microseconds, a hundredth of the cost of another thread.
    func find(_ path: [UInt8]) -> Found {
        if let document = loop.documents.find(
            folder, path.span, 0..<path.count, at: loop.second)
        {
            return .document(document)
        }
        let name = Array(path.dropFirst())
        do throws(FileTrouble) {
            let file = try folder.open(name.span, at: loop.second)
            switch file.kind {
            case .regular:
                return try document(file, name: name, path: path)
            case .directory:
                guard path.last == UInt8(ascii: "/") else { return .folderWithoutSlash }
                for document in site.defaultDocuments {
                    let name = name + document
                    do throws(FileTrouble) {
                        let file = try folder.open(name.span, at: loop.second)
                        guard file.kind == .regular else { continue }
                        return try self.document(file, name: name, path: path)
                    } catch {
                        guard error.kind == .absent else { throw error }
                    }
                }
                loop.documents.forget(folder, path)
                return .folder(file)
            case .other:
                return .refused(.forbidden)
            }
        } catch {
            loop.documents.forget(folder, path)
            let status = DocumentFinder.status(of: error)
            return error.isFailure ? .failed(status, error) : .refused(status)
        }
    }

    private func document(
        _ file: OpenFile, name: [UInt8], path: [UInt8]
    ) throws(FileTrouble) -> Found {
        if let known = loop.documents.stale(folder, path),
            known.isCurrent(file, name: name, folder, at: loop.second)
        {
            known.checkedAt = loop.second
            return .document(known)
        }
        let document = try Document(file, name: name, in: folder, path: path, at: loop.second)
        loop.documents.keep(document, of: folder, limit: site.limits.cache)
        return .document(document)
    }

    private static func status(of trouble: FileTrouble) -> Status {
        switch trouble.kind {
        case .absent, .outside: .notFound
        case .denied: .forbidden
        case .other: .unavailable
        }
    }
}
