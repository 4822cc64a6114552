internal import Files
internal import HTTP
internal import Synchronization

/// The documents that one event loop caches; each is checked at most once a second.
final class DocumentCache {
    /// The documents of one loop.
    static let countLimit = 4_096
    /// The open descriptors of all loops.
    static let descriptorLimit = 256

    private static let totalBytes = Atomic<Int>(0)
    private static let totalDescriptors = Atomic<Int>(0)

    private var documents: [UInt64: Document] = [:]

    deinit {
        for document in documents.values { DocumentCache.account(document, -1) }
    }

    /// The document of a path, if it was checked in this second.
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

    /// The document of a path, whenever it was checked.
    func stale(_ folder: Folder, _ path: [UInt8]) -> Document? {
        let document = documents[DocumentCache.key(folder, path.span, 0..<path.count)]
        return document.flatMap { $0.folder == folder.id && $0.path == path ? $0 : nil }
    }

    /// Caches a document, and evicts others if there is no room.
    ///
    /// - Parameters:
    ///   - document: the document.
    ///   - folder: its directory.
    ///   - limit: the bytes in memory of all loops together.
    func keep(_ document: Document, of folder: Folder, limit: Int) {
        let path = document.path
        let key = DocumentCache.key(folder, path.span, 0..<path.count)
        if let old = documents.removeValue(forKey: key) { DocumentCache.account(old, -1) }
        guard document.cost <= limit else { return }
        while !DocumentCache.hasRoom(for: document, limit: limit)
            || documents.count >= DocumentCache.countLimit
        {
            // Any of them: the popular ones are soon back.
            guard let victim = documents.first else { return }
            documents.removeValue(forKey: victim.key)
            DocumentCache.account(victim.value, -1)
        }
        documents[key] = document
        DocumentCache.account(document, 1)
    }

    /// Evicts the document of a path.
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

    /// FNV-1a: an attacker who wants collisions needs files of such names on the server.
    private static func key(_ folder: Folder, _ bytes: Span<UInt8>, _ path: Range<Int>) -> UInt64 {
        var hash = 0xcbf2_9ce4_8422_2325 ^ folder.id
        for index in path { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
        return hash
    }
}
