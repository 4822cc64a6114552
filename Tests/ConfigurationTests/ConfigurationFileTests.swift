import Configuration
import Glibc
import Testing

@Suite struct ConfigurationFileTests {
    @Test func readsAWholeFile() throws {
        let bytes = try ConfigurationFile.read(path: #filePath)
        #expect(String(decoding: bytes, as: UTF8.self).contains("readsAWholeFile"))
    }

    @Test(arguments: [
        ("/no/such/file", ConfigurationFileError.Reason.missing, "there is no such file"),
        (#filePath + "/x", .missing, "there is no such file"),
        ("/", .directory, "it is a directory"),
        ("/dev/zero", .tooLarge, "it is larger than 64 MiB"),
        ("/proc/self/mem", .system(EIO), "Input/output error"),
    ])
    func saysWhyAFileCannotBeRead(
        _ path: String, _ reason: ConfigurationFileError.Reason, _ problem: String
    ) {
        let error = #expect(throws: ConfigurationFileError.self) {
            try ConfigurationFile.read(path: path)
        }
        #expect(error == ConfigurationFileError(path: path, reason: reason))
        #expect(error?.description == "cannot read the configuration \"\(path)\": \(problem)")
    }

    @Test func aPipeIsReadWhileSomebodyWrites() throws {
        var ends: [CInt] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        defer { _ = close(ends[0]) }
        #expect(unsafe write(ends[1], "[Server]\n", 9) == 9)
        _ = close(ends[1])
        #expect(
            try ConfigurationFile.read(path: "/proc/self/fd/\(ends[0])") == Array("[Server]\n".utf8)
        )
    }

    @Test func aPipeThatNobodyWritesToIsNotWaitedFor() throws {
        var template = Array("/tmp/icshostd-test-XXXXXX".utf8CString)
        try #require(unsafe mkdtemp(&template) != nil)
        let folder = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let path = folder + "/fifo"
        defer {
            _ = unsafe unlink(path)
            _ = unsafe rmdir(folder)
        }
        try #require(unsafe mkfifo(path, 0o600) == 0)
        #expect(throws: ConfigurationFileError(path: path, reason: .silent)) {
            try ConfigurationFile.read(path: path)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func saysThatAFileIsForbidden() {
        let expected = ConfigurationFileError(path: "/etc/shadow", reason: .forbidden)
        #expect(throws: expected) { try ConfigurationFile.read(path: "/etc/shadow") }
    }

    @Test func saysThatAFileIsForbiddenInItsDescription() {
        let error = ConfigurationFileError(path: "x", reason: .forbidden)
        #expect(
            error.description == "cannot read the configuration \"x\": this user may not read it")
    }
}
