import Testing

/// Where files are: `ls` shows the structure.
@Suite struct FolderTests {
    /// How many Swift files a folder has at most.
    private static let filesOfAFolder = 20

    private static func folder(of file: SwiftFile) -> String {
        file.path.split(separator: "/").dropLast().joined(separator: "/")
    }

    @Test(arguments: ["Sources", "Tests"])
    func noFolderIsCrowded(_ root: String) {
        let files = root == "Sources" ? Repository.sources : Repository.tests
        for (folder, files) in Dictionary(grouping: files, by: Self.folder) {
            #expect(files.count <= Self.filesOfAFolder, "\(folder)")
        }
    }

    /// A folder of tests has a suite for what is in the folder of the same name.
    @Test func foldersOfTestsMirrorThoseOfSources() {
        let sources = Set(Repository.sources.map(Self.folder))
        let modules = Set(Repository.sources.map(\.module))
        for folder in Set(Repository.tests.map(Self.folder)) {
            let parts = folder.split(separator: "/")
            guard parts.count == 3, parts[1].hasSuffix("Tests"), parts[2] != "Support" else {
                continue
            }
            let module = String(parts[1].dropLast("Tests".count))
            guard modules.contains(module) else { continue }
            let mirrored = sources.contains { $0.hasPrefix("Sources/\(module)/\(parts[2])") }
            #expect(mirrored, "\(folder) has no folder in Sources")
        }
    }
}
