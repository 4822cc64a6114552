internal import CHandlerModule
internal import Glibc
internal import NetworkTypes

/// A shared object with the interface of `icshostd_module.h`, mapped for good: threads and
/// thread-local destructors of a module, and all of Swift's runtime, forbid dlclose(3).
@safe struct ModuleFile: Sendable {
    /// Its absolute path.
    let path: String
    /// Its functions; each is optional.
    let functions: icshostd_module

    /// Why a file cannot be used as a module.
    struct Refusal: Error {
        let reason: String
    }

    /// Maps the file and finds its functions (dlopen(3)).
    init(path: String) throws(Refusal) {
        guard path.hasPrefix("/") else {
            throw Refusal(
                reason: path.isEmpty
                    ? "name the shared object" : "must be an absolute path, not \"\(path)\"")
        }
        try ModuleFile.examine(path)
        guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw Refusal(reason: unsafe dlerror().map { unsafe String(cString: $0) } ?? "dlopen")
        }
        guard let symbol = unsafe dlsym(handle, ICSHOSTD_MODULE_ENTRY) else {
            throw Refusal(reason: "\(path) has no function \(ICSHOSTD_MODULE_ENTRY)")
        }
        let entry = unsafe unsafeBitCast(symbol, to: icshostd_module_entry_function.self)
        guard let found = unsafe entry() else {
            throw Refusal(reason: "\(ICSHOSTD_MODULE_ENTRY) of \(path) returned no table")
        }
        let version = unsafe found.pointee.version
        guard version == ICSHOSTD_MODULE_VERSION else {
            throw Refusal(
                reason: "\(path) has version \(version) of icshostd_module.h, this daemon has "
                    + "\(ICSHOSTD_MODULE_VERSION)")
        }
        self.path = path
        unsafe functions = found.pointee
    }

    /// Checks what dlopen(3) reports badly or crashes on: it takes a file of another architecture for one that
    /// does not exist, its error for a file that is not ELF depends on the content, and a truncated file
    /// is a SIGBUS.
    private static func examine(_ path: String) throws(Refusal) {
        // Without O_NONBLOCK a FIFO would block.
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failure("read", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(reason: "\(path) is not a regular file")
        }
        let header = try bytes(of: file, path, at: 0, count: ELFHeader.size)
        guard header.count >= 20, header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else {
            throw Refusal(reason: "\(path) is not a shared object")
        }
        // e_ident[EI_CLASS], e_ident[EI_DATA] and e_machine of elf(5).
        let machine = "\(header[4] == 2 ? 64 : 32) bit, \(ELFMachine.name(header))"
        let own = "\(Int.bitWidth) bit, \(ELFMachine.own)"
        guard machine == own else {
            throw Refusal(reason: "\(path) is for another machine: \(machine), not \(own)")
        }
        let size = UInt64(clamping: status.st_size)
        guard let elf = ELFHeader(header), elf.tables.allSatisfy({ $0.fits(in: size) }),
            let segments = elf.segments(
                in: try bytes(
                    of: file, path, at: Int(clamping: elf.segmentTable.offset),
                    count: Int(elf.segmentTable.size))),
            segments.allSatisfy({ $0.fits(in: size) })
        else {
            throw Refusal(
                reason: "\(path) is truncated: it has only \(Int(clamping: size).counted("byte"))")
        }
    }

    private static func bytes(
        of file: CInt, _ path: String, at offset: Int, count: Int
    ) throws(Refusal) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let count = unsafe pread(file, &bytes, bytes.count, offset)
        guard count >= 0 else { throw failure("read", path) }
        return Array(bytes.prefix(count))
    }

    private static func failure(_ call: String, _ path: String) -> Refusal {
        Refusal(reason: "cannot \(call) \(path): \(UnixUser.reason(errno))")
    }
}

/// The machines that Swift on Linux builds for, as elf(5) numbers them.
private enum ELFMachine {
    static var own: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "aarch64"
        #else
            "the daemon's"
        #endif
    }

    static func name(_ header: [UInt8]) -> String {
        let isLittle = header[5] == 1
        let number = Int(header[isLittle ? 19 : 18]) << 8 | Int(header[isLittle ? 18 : 19])
        return switch number {
        case 3: "i386"
        case 40: "arm"
        case 62: "x86_64"
        case 183: "aarch64"
        case 243: "riscv"
        default: "machine \(number)"
        }
    }
}
