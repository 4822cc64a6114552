import Glibc
import Platform
import Testing

@testable import Systemd

@Suite struct JournalTests {
    @Test func joinsNameAndValueAndKeepsLineBreaks() {
        var record = JournalRecord()
        record.append(.priority, 6)
        record.append(.message, "two\nlines=1")
        record.append(.serverName, "")
        #expect(fields(record) == ["PRIORITY=6", "MESSAGE=two\nlines=1", "SERVER_NAME="])
    }

    @Test func beginsAnewWithTheSameMemory() {
        var record = JournalRecord()
        record.append(.message, String(repeating: "x", count: 5000))
        let capacity = record.bytes.capacity
        record.removeAll()
        #expect(fields(record) == [])
        #expect(record.bytes.capacity == capacity)
        record.append(.hostTag, "SHOP"[...])
        #expect(fields(record) == ["HOST_TAG=SHOP"])
    }

    @Test func cutsAnEndlessValueBetweenCharacters() {
        var record = JournalRecord()
        record.append(.message, "a" + String(repeating: "€", count: JournalRecord.valueLimit))
        #expect(record.bytes.count <= "MESSAGE=".utf8.count + JournalRecord.valueLimit)
        #expect(fields(record)[0].hasSuffix("€"))
    }

    @Test(arguments: JournalField.allCases)
    func namesFieldsThatJournaldAccepts(_ field: JournalField) {
        // journal_field_valid() of systemd: at most 64 characters, no leading digit or underscore.
        #expect(field.rawValue.utf8.count <= 64)
        #expect(field.rawValue.first?.isLetter == true)
        #expect(
            field.rawValue.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            })
    }

    @Test func knowsItsOwnStreamByDeviceAndInode() throws {
        var ends: [CInt] = [-1, -1]
        try #require(unsafe pipe(&ends) == 0)
        defer {
            close(ends[0])
            close(ends[1])
        }
        var status = stat()
        try #require(unsafe fstat(ends[1], &status) == 0)
        let stream = "\(status.st_dev):\(status.st_ino)"
        #expect(Journal.isStream(stream, descriptor: ends[1]))
        #expect(!Journal.isStream(stream + "0", descriptor: ends[1]))
        #expect(!Journal.isStream("", descriptor: ends[1]))
        let null = unsafe open("/dev/null", O_RDONLY)
        defer { close(null) }
        #expect(!Journal.isStream(stream, descriptor: null))
        #expect(!Journal.isStream(stream, descriptor: -1))
    }

    @Test func asksTheEnvironmentForItsStream() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("JOURNAL_STREAM")
            #expect(!Journal.isConnectedToStandardError)
            var status = stat()
            #expect(unsafe fstat(STDERR_FILENO, &status) == 0)
            unsafe setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
            #expect(Journal.isConnectedToStandardError)
        }
    }

    @Test func reportsWhatJournaldWouldRefuse() {
        var journal = Journal()
        #expect(throws: SystemError("sd_journal_sendv", code: EINVAL)) {
            try journal.write { _ in }
        }
    }

    private func fields(_ record: JournalRecord) -> [String] {
        var start = 0
        return record.ends.map { end in
            defer { start = end }
            return String(decoding: record.bytes[start..<end], as: UTF8.self)
        }
    }
}
