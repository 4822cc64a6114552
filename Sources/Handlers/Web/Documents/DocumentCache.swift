internal import Files
internal import HTTP
internal import Synchronization

/// The documents that one event loop keeps, each looked at again in the second that it is asked for.
final class DocumentCache {
    /// The documents that one loop keeps.
    static let countLimit = 4_096
    /// The descriptors that all loops keep open.
    static let descriptorLimit = 256

    private static let totalBytes = Atomic<Int>(0)
    private static let totalDescriptors = Atomic<Int>(0)

    private var documents: [UInt64: Document] = [:]

    deinit {
        for document in documents.values { DocumentCache.account(document, -1) }
    }

    /// The document of a path that was looked at in this second.
    func find(_ folder: Folder, _ bytes: Span<UInt8>, _ path: Range<Int>, at second: Int)
        -> Document?
    {
        let key = DocumentCache.key(folder, bytes, path)
        guard let document = documents[key], document.checkedAt == second,
            document.folder == folder.id, document.path.count == path.count
        else { return nil }
        let known = document.path
        for index in known.indices where known[index] != bytes[path.lowerBound + index] {
            return nil
        }
        return document
    }

    /// The document of a path, however long ago it was looked at.
    func stale(_ folder: Folder, _ path: [UInt8]) -> Document? {
        let document = documents[DocumentCache.key(folder, path.span, 0..<path.count)]
        return document.flatMap { $0.folder == folder.id && $0.path == path ? $0 : nil }
    }

    /// Keeps a document if there is room, or others can make it.
    ///
    /// - Parameters:
    ///   - document: what to keep.
    ///   - folder: where it is.
    ///   - limit: the bytes that all loops together may keep.
    func keep(_ document: Document, of folder: Folder, limit: Int) {
        let path = document.path
        let key = DocumentCache.key(folder, path.span, 0..<path.count)
        if let old = documents.removeValue(forKey: key) { DocumentCache.account(old, -1) }
        guard document.cost <= limit else { return }
        while !DocumentCache.hasRoom(for: document, limit: limit)
            || documents.count >= DocumentCache.countLimit
        {
            // Any of them: the hash has no order, and the popular ones are soon back.
            guard let victim = documents.first else { return }
            documents.removeValue(forKey: victim.key)
            DocumentCache.account(victim.value, -1)
        }
        documents[key] = document
        DocumentCache.account(document, 1)
    }

    /// Forgets what a path showed.
    func forget(_ folder: Folder, _ path: [UInt8]) {
        let key = DocumentCache.key(folder, path.span, 0..<path.count)
        if let old = documents.removeValue(forKey: key) { DocumentCache.account(old, -1) }
    }

    private static func hasRoom(for document: Document, limit: Int) -> Bool {
        // In range: what is in memory.
        totalBytes.load(ordering: .relaxed) + document.cost <= limit
            && totalDescriptors.load(ordering: .relaxed) + document.descriptors <= descriptorLimit
    }

    private static func account(_ document: Document, _ sign: Int) {
        // In range: what is in memory.
        totalBytes.add(sign * document.cost, ordering: .relaxed)
        totalDescriptors.add(sign * document.descriptors, ordering: .relaxed)
    }

    /// FNV-1a; whoever chooses names to collide must first put files of these names on the server.
    private static func key(_ folder: Folder, _ bytes: Span<UInt8>, _ path: Range<Int>) -> UInt64 {
        var hash = 0xcbf2_9ce4_8422_2325 ^ folder.id
        for index in path { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
        return hash
    }
}
