import HandlerAPI
import HandlerTesting
import TestSupport
import Testing

@testable import Handlers

/// Files that are no modules.
@Suite struct ModuleFileTests {
    /// The header of an ELF file for this machine, with a table of segments at an offset.
    private static func header(
        machine: [UInt8] = machine, segmentsAt offset: UInt8 = 64, count: UInt8 = 0
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        bytes.replaceSubrange(0..<6, with: [0x7f, 0x45, 0x4c, 0x46, 2, 1])
        bytes.replaceSubrange(18..<20, with: machine)
        bytes[32] = offset
        bytes[54] = 56
        bytes[56] = count
        return bytes
    }

    private static var machine: [UInt8] {
        #if arch(arm64)
            [183, 0]
        #else
            [62, 0]
        #endif
    }

    private static func reason(_ path: String) throws -> String {
        try #require(throws: ModuleFile.Refusal.self) { try ModuleFile(path: path) }.reason
    }

    @Test func aPathMustNameARegularFile() throws {
        let directory = try TemporaryDirectory()
        try Command.succeed(["mkfifo", directory("pipe")])
        #expect(try Self.reason("") == "name the shared object")
        #expect(try Self.reason("a.so") == "must be an absolute path, not \"a.so\"")
        #expect(try Self.reason("/none.so") == "cannot open /none.so: No such file or directory")
        for path in [directory.path, directory("pipe")] {
            #expect(try Self.reason(path) == "\(path) is not a regular file")
        }
    }

    @Test(
        arguments: [
            ([], "is not a shared object"),
            (Array("#!/bin/sh\necho no module at all".utf8), "is not a shared object"),
            (header(machine: [3, 0]), "is for another machine: 64 bit, i386, not 64 bit, "),
            (
                header(machine: [1, 9]),
                "is for another machine: 64 bit, machine 2305, not 64 bit, "
            ),
            (Array(header().prefix(40)), "is truncated: it has only 40 bytes"),
            (header(count: 1), "is truncated: it has only 64 bytes"),
            (header(segmentsAt: 200, count: 1), "is truncated: it has only 64 bytes"),
            // A segment beyond the end of the file.
            (
                header(count: 1) + [UInt8](repeating: 0, count: 33) + [1]
                    + [UInt8](repeating: 0, count: 22),
                "is truncated: it has only 120 bytes"
            ),
        ] as [([UInt8], String)])
    func aFileMustBeAWholeSharedObjectForThisMachine(_ bytes: [UInt8], _ reason: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "a.so")
        let found = try Self.reason(path)
        #expect(found.hasPrefix("\(path) \(reason)"), "\(found)")
    }

    @Test func theKeyIsToBlame() throws {
        let error = try #require(throws: HandlerOptionError.self) {
            try ModuleHandler(HandlerOptions(of: ModuleHandler.self, ["Module": "/none.so"]))
        }
        #expect(error.key == "Module" && error.isMistake)
    }
}
