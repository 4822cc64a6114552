import Configuration
import Glibc
import NetworkTypes
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
        ("/dev/zero", .special, "it is not a regular file"),
        ("/proc/self/mem", .special, "it is not a regular file"),
        ("/proc/kmsg", .special, "it is not a regular file"),
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

    /// Nothing but files is opened for an Include; a device may do something when it is.
    @Test(arguments: ["/dev/zero", "/proc/kmsg", "/proc/self/mem", "/dev/ptmx"])
    func onlyRegularFilesAreIncluded(_ path: String) {
        #expect(throws: ConfigurationFileError(path: path, reason: .special)) {
            try ConfigurationFile.read(path: path, as: .include)
        }
    }

    /// As in a directory of drop-ins, where one is put out of force so.
    @Test(arguments: [ConfigurationFile.Origin.command, .include])
    func theNullDeviceIsAnEmptyFile(_ origin: ConfigurationFile.Origin) throws {
        #expect(try ConfigurationFile.read(path: "/dev/null", as: origin) == [])
    }

    @Test func aFileHasALimit() throws {
        var template = Array("/tmp/icshostd-test-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&template)
        try #require(file >= 0)
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            _ = close(file)
            _ = unsafe unlink(path)
        }
        // A sparse file: it takes no room.
        try #require(ftruncate(file, off_t(ConfigurationFile.sizeLimit) + 1) == 0)
        let error = #expect(throws: ConfigurationFileError(path: path, reason: .tooLarge)) {
            try ConfigurationFile.read(path: path)
        }
        #expect(error?.description.hasSuffix(": it is larger than 64 MiB") == true)
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
        #expect(throws: ConfigurationFileError(path: path, reason: .special)) {
            try ConfigurationFile.read(path: path, as: .include)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func saysThatAFileIsForbidden() {
        let expected = ConfigurationFileError(path: "/etc/shadow", reason: .forbidden)
        #expect(throws: expected) { try ConfigurationFile.read(path: "/etc/shadow") }
    }

    @Test func saysThatAFileIsForbiddenInItsDescription() {
        let error = ConfigurationFileError(path: "x", reason: .forbidden)
        let user = UnixUser.current
        #expect(user.hasPrefix("user ") && user.count > "user ".count)
        #expect(
            error.description == "cannot read the configuration \"x\": \(user) may not read it")
    }
}
