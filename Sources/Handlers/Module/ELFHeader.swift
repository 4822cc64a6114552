/// The tables of a 64 bit little-endian ELF file (elf(5)), which is what both machines have that
/// ``ModuleFile`` accepts.
struct ELFHeader {
    /// The bytes of the header.
    static let size = 64

    /// The program headers, `e_phoff`; at most 3.5 MiB.
    let segmentTable: Part
    /// The section headers, `e_shoff`; empty in a file that was stripped of them.
    let sectionTable: Part
    /// The bytes of an entry of the first.
    private static let entrySize = 56

    /// A range of bytes in a file.
    struct Part {
        let offset: UInt64
        let size: UInt64

        /// Whether a file of this size contains it.
        func fits(in fileSize: UInt64) -> Bool {
            size == 0 || offset <= fileSize && size <= fileSize - offset
        }
    }

    var tables: [Part] { [segmentTable, sectionTable] }

    /// Reads the header; nil when it is incomplete or has entries of another size.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == ELFHeader.size,
            bytes.number(at: 54, bytes: 2) == UInt64(ELFHeader.entrySize)
        else { return nil }
        // e_phoff, e_phentsize and e_phnum; e_shoff, e_shentsize and e_shnum.
        segmentTable = Part(
            offset: bytes.number(at: 32, bytes: 8),
            size: bytes.number(at: 54, bytes: 2) * bytes.number(at: 56, bytes: 2))
        sectionTable = Part(
            offset: bytes.number(at: 40, bytes: 8),
            size: bytes.number(at: 58, bytes: 2) * bytes.number(at: 60, bytes: 2))
    }

    /// The parts of the file that the segments map, the dynamic table included.
    ///
    /// - Parameter table: the bytes of ``segmentTable``.
    /// - Returns: nil when some are missing.
    func segments(in table: [UInt8]) -> [Part]? {
        guard table.count == Int(segmentTable.size) else { return nil }
        // p_offset and p_filesz.
        return stride(from: 0, to: table.count, by: ELFHeader.entrySize).map {
            Part(
                offset: table.number(at: $0 + 8, bytes: 8),
                size: table.number(at: $0 + 32, bytes: 8))
        }
    }
}

extension [UInt8] {
    fileprivate func number(at index: Int, bytes count: Int) -> UInt64 {
        self[index..<index + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
