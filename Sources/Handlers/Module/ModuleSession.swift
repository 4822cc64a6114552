internal import CHandlerModule
internal import HandlerAPI

/// One client of a module: calls the functions of the module and obeys their results.
///
/// Confined to the task that serves the client. The module knows it by its address, which is valid
/// inside its functions only.
@safe final class ModuleSession {
    let client: Client
    private let module: LoadedModule
    /// The pointer that `open` set for the other functions.
    private var state: UnsafeMutableRawPointer?
    /// The module has not closed the client.
    private(set) var goesOn = true
    /// The peer has ended its side, and the module knows.
    private(set) var hasEnded = false
    /// A write was not complete: `writable` follows.
    private(set) var awaitsRoom = false
    /// The bytes that the module had not used when it requested TLS; nil when it has not requested it.
    private var unreadBeforeTLS: Int?
    /// `close` runs: nothing may be sent to the client any more.
    private var isClosing = false

    init(_ client: Client, _ module: LoadedModule) {
        self.client = client
        self.module = module
    }

    // The functions of the module.

    func open() throws {
        try obey(unsafe functions.open?(module.value, handle, &state), of: "open")
    }

    func data(_ bytes: Span<UInt8>) throws {
        let result = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe functions.data?(state, handle, bytes.baseAddress, bytes.count)
        }
        try obey(result, of: "data")
    }

    /// The peer has ended its side.
    func end() throws {
        hasEnded = true
        try obey(unsafe functions.data?(state, handle, nil, 0), of: "data")
    }

    func writable() throws {
        awaitsRoom = false
        try obey(unsafe functions.writable?(state, handle), of: "writable")
    }

    func timer() throws {
        try obey(unsafe functions.timer?(state, handle), of: "timer")
    }

    /// Calls `close`; the client has ended already, so its error is only logged.
    func close(because error: (any Error)?) {
        isClosing = true
        let result = unsafe functions.close?(state, handle, reason(for: error))
        if let result, result != ICSHOSTD_CONTINUE {
            client.log(.error, "\(ModuleError(module.file, "close", result))")
        }
    }

    // What the module calls.

    func write(_ bytes: Span<UInt8>) -> CInt {
        guard !isClosing else { return ICSHOSTD_FAILED }
        client.send(bytes)
        guard client.needsFlush else { return ICSHOSTD_DONE }
        awaitsRoom = true
        return ICSHOSTD_LATER
    }

    func endAfterThis() { goesOn = false }

    func setDeadline(after duration: Duration?) {
        if !isClosing { client.setDeadline(after: duration) }
    }

    func requestTLS(unread: Int) -> CInt {
        guard !isClosing, client.offersTLS else { return ICSHOSTD_FAILED }
        unreadBeforeTLS = unread
        return ICSHOSTD_DONE
    }

    // Between the two.

    /// Upgrades the client if the module has requested it.
    func upgradeIfRequested() async throws {
        guard let unread = unreadBeforeTLS else { return }
        unreadBeforeTLS = nil
        try await client.startTLS(unread: unread)
        awaitsRoom = true
    }

    private var functions: icshostd_module { module.file.functions }

    /// How the module knows the client.
    private var handle: OpaquePointer {
        unsafe OpaquePointer(Unmanaged.passUnretained(self).toOpaque())
    }

    /// Obeys the result of a function, nil for one that the module does not have.
    private func obey(_ result: CInt?, of function: StaticString) throws {
        switch result {
        case nil, ICSHOSTD_CONTINUE: break
        case ICSHOSTD_CLOSE: goesOn = false
        case let result?: throw ModuleError(module.file, "\(function)", result)
        }
    }

    private func reason(for error: (any Error)?) -> CInt {
        switch error {
        case nil: hasEnded && goesOn ? ICSHOSTD_ENDED_BY_PEER : ICSHOSTD_ENDED_HERE
        case ClientError.cancelled as ClientError: ICSHOSTD_STOPPING
        case is ModuleError: ICSHOSTD_MODULE_ERROR
        default: ICSHOSTD_BROKEN
        }
    }
}
