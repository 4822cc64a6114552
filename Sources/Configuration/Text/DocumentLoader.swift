/// Reads a file and the files that it includes as one document.
///
/// An `Include` is allowed in `[Server]` or before the first section. The sections of the included files
/// follow those above it.
struct DocumentLoader {
    /// The maximum depth of includes.
    static let depthLimit = 8
    /// The most files, and the most `Include` keys, of a configuration.
    static let fileLimit = 1_000

    private let surroundings: Surroundings
    /// Every file that was read.
    private(set) var sources: [SourceText] = []
    /// The current file, after those that include it.
    private var chain: [String] = []
    /// The place where each file was first included, by its identity.
    private var places: [String: SourceLocation] = [:]
    private var includeCount = 0
    /// The number of included files so far, unreadable ones too.
    private var fileCount = 0
    private var byteCount = 0
    /// Whether a limit was exceeded, which is reported once.
    private var isFull = false

    init(_ surroundings: Surroundings) {
        self.surroundings = surroundings
    }

    /// Reads the text of a configuration, the files it includes, and its drop-in files.
    mutating func loadWhole(
        _ bytes: [UInt8], file: String, into diagnostics: inout Diagnostics
    ) -> INIDocument {
        var document = load(bytes, file: file, into: &diagnostics)
        addDropIns(of: file, to: &document, into: &diagnostics)
        return document
    }

    /// Reads a text and the files it includes.
    private mutating func load(
        _ bytes: [UInt8], file: String, into diagnostics: inout Diagnostics
    ) -> INIDocument {
        let source = SourceText(file: file, bytes: bytes).decoded(into: &diagnostics)
        sources.append(source)
        byteCount += bytes.count
        var document = INIScanner.scan(
            source, variable: surroundings.variable, into: &diagnostics)
        guard !document.includes.isEmpty else { return document }
        chain.append(surroundings.files?.identity(file) ?? file)
        defer { chain.removeLast() }
        var sections: [INIDocument.Section] = []
        var taken = 0
        for include in document.includes {
            includeCount += 1
            guard includeCount <= Self.fileLimit, !isFull else {
                tellFull("at most \(Self.fileLimit) files", at: include.pattern, into: &diagnostics)
                document.lacksFiles = true
                break
            }
            sections += document.sections[taken..<include.position]
            taken = include.position
            for path in paths(of: include.pattern, in: file, into: &diagnostics) {
                guard let more = load(path, for: include.pattern, into: &diagnostics) else {
                    document.lacksFiles = true
                    continue
                }
                sections += more.sections
                document.take(faultsOf: more)
            }
        }
        document.sections = sections + document.sections[taken...]
        return document
    }

    /// Reads the drop-in files beside a file, `conf.d/*.conf`, and adds them to its document.
    private mutating func addDropIns(
        of file: String, to document: inout INIDocument, into diagnostics: inout Diagnostics
    ) {
        guard let files = surroundings.files else { return }
        chain.append(files.identity(file))
        defer { chain.removeLast() }
        for path in files.matching(Self.path("conf.d/*.conf", besides: file)) {
            let place = Located(path, at: SourceLocation(file: path, line: 1, column: 1))
            guard let more = load(path, for: place, into: &diagnostics) else {
                document.lacksFiles = true
                continue
            }
            document.sections += more.sections
            document.take(faultsOf: more)
        }
    }

    /// The paths of an `Include`.
    private func paths(
        of pattern: Located<String>, in file: String, into diagnostics: inout Diagnostics
    ) -> [String] {
        guard let files = surroundings.files else {
            diagnostics.error(at: pattern.location, "Include has no files to read here")
            return []
        }
        guard !pattern.value.isQuoted else {
            diagnostics.error(
                at: pattern.location,
                "the quotes are part of the value of Include: remove them")
            return []
        }
        let path = Self.path(pattern.value, besides: file)
        guard pattern.value.contains(where: { "*?[".contains($0) }) else { return [path] }
        let found = files.matching(path)
        if found.isEmpty {
            diagnostics.warn(
                at: pattern.location, "Include matches no file: \(path.quoted)")
        }
        return found
    }

    /// Reads one included file; nil, with a diagnostic, when it cannot be read.
    private mutating func load(
        _ path: String, for include: Located<String>, into diagnostics: inout Diagnostics
    ) -> INIDocument? {
        guard let files = surroundings.files else { return nil }
        let identity = files.identity(path)
        if chain.contains(identity) {
            diagnostics.error(
                at: include.location,
                "Include forms a loop: \(path.quoted) leads back to this line")
            return nil
        }
        guard chain.count < Self.depthLimit else {
            diagnostics.error(
                at: include.location, "Include is nested deeper than \(Self.depthLimit) files")
            return nil
        }
        fileCount += 1
        guard fileCount < Self.fileLimit, !isFull else {
            tellFull("at most \(Self.fileLimit) files", at: include, into: &diagnostics)
            return nil
        }
        do throws(ConfigurationFileError) {
            let bytes = try files.read(path)
            let limit = ConfigurationFile.sizeLimit
            guard byteCount + bytes.count <= limit else {
                tellFull("at most \(limit >> 20) MiB", at: include, into: &diagnostics)
                return nil
            }
            // A file may be included only once, except an empty one: masking two files with /dev/null is
            // intended.
            if let first = places[identity], !bytes.isEmpty {
                diagnostics.warn(
                    at: include.location, "\(path.quoted) is already included, and is read once",
                    related: [.init(at: first, "first included here")])
                return INIDocument()
            }
            places[identity] = include.location
            return load(bytes, file: path, into: &diagnostics)
        } catch {
            diagnostics.error(at: include.location, "\(error)")
            return nil
        }
    }

    private mutating func tellFull(
        _ limit: String, at include: Located<String>, into diagnostics: inout Diagnostics
    ) {
        guard !isFull else { return }
        isFull = true
        diagnostics.error(
            at: include.location, "a configuration may have \(limit), included ones counted")
    }

    /// A path relative to the directory of a file.
    private static func path(_ path: String, besides file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}
