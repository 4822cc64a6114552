internal import CHandlerModule
internal import Glibc
internal import HandlerAPI
internal import Synchronization

/// A module that serves one host, from `load` to `unload`.
@safe final class LoadedModule: Sendable {
    let file: ModuleFile
    /// What `load` left for the other functions; the module guards what is behind it.
    nonisolated(unsafe) let value: UnsafeMutableRawPointer?
    private let isUnloaded = Atomic(false)

    /// The bytes that a module may use to say why it does not load.
    private static let errorSize = 512

    /// Calls `load`.
    ///
    /// - Throws: `HandlerOptionError` when the module returns an error.
    static func load(
        _ file: ModuleFile, hostTag: String, options: [String]
    ) throws(HandlerOptionError) -> LoadedModule {
        let texts = unsafe ([hostTag] + options).map { unsafe strdup($0) }
        defer { unsafe texts.forEach { unsafe free($0) } }
        var error = [CChar](repeating: 0, count: errorSize)
        var value: UnsafeMutableRawPointer?
        let result = unsafe texts.map { unsafe UnsafePointer($0) }.withUnsafeBufferPointer {
            texts in
            unsafe error.withUnsafeMutableBufferPointer { error in
                var host = unsafe icshostd_host(
                    size: MemoryLayout<icshostd_host>.size, calls: ModuleCalls.table,
                    tag: texts[0], options: texts.baseAddress.map { unsafe $0 + 1 },
                    option_count: options.count, error: error.baseAddress, error_size: error.count)
                return unsafe file.functions.load?(&host, &value) ?? ICSHOSTD_CONTINUE
            }
        }
        guard result == ICSHOSTD_CONTINUE else {
            let reason = String(
                decoding: error.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw HandlerOptionError(
                ModuleHandler.module,
                "\(ModuleError(file, "load", result))"
                    + (reason.isEmpty ? "" : ": \(reason)"))
        }
        return unsafe LoadedModule(file, value)
    }

    private init(_ file: ModuleFile, _ value: UnsafeMutableRawPointer?) {
        self.file = file
        unsafe self.value = value
    }

    deinit { unload() }

    /// Unloads the module, once: no client will come any more.
    func unload() {
        guard !isUnloaded.exchange(true, ordering: .relaxed) else { return }
        unsafe file.functions.unload?(value)
    }
}

/// A function of a module that returned an error.
struct ModuleError: Error, CustomStringConvertible {
    /// `data of /usr/lib/icshostd/greeting.so returned -5`.
    let description: String

    init(_ file: ModuleFile, _ function: String, _ result: CInt) {
        description = "\(function) of \(file.path) returned \(result)"
    }
}
