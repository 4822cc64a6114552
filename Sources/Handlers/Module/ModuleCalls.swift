internal import CHandlerModule
internal import HandlerAPI
internal import NetworkTypes

/// The table of what a module may call.
@safe enum ModuleCalls {
    /// The longest record of a module, in bytes.
    private static let longestRecord = 2_048

    /// The table; made once, never changed, never freed.
    nonisolated(unsafe) static let table: UnsafePointer<icshostd_calls> = {
        let table = UnsafeMutablePointer<icshostd_calls>.allocate(capacity: 1)
        unsafe table.initialize(
            to: icshostd_calls(
                size: MemoryLayout<icshostd_calls>.size,
                write: { client, bytes, count in
                    let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
                    return unsafe ModuleCalls.session(client).write(
                        bytes.assumingMemoryBound(to: UInt8.self).span)
                },
                close: { client in unsafe ModuleCalls.session(client).endAfterThis() },
                deadline: { client, milliseconds in
                    let wait = Duration.milliseconds(Int64(clamping: milliseconds))
                    unsafe ModuleCalls.session(client).setDeadline(
                        after: milliseconds == 0 ? nil : wait)
                },
                log: { client, level, text, count in
                    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
                    let line = unsafe String(decoding: bytes.prefix(longestRecord), as: UTF8.self)
                    unsafe ModuleCalls.session(client).client.log(
                        LogLevel(priority: Int(level)), line)
                },
                metadata: { client, item, buffer, size in
                    let client = unsafe ModuleCalls.session(client).client
                    let text = ModuleCalls.text(of: client, item: item)
                    guard let buffer = unsafe buffer, size > 0 else { return text.count }
                    let part = text.prefix(size - 1)
                    for (index, byte) in part.enumerated() {
                        unsafe buffer[index] = CChar(bitPattern: byte)
                    }
                    unsafe buffer[part.count] = 0
                    return text.count
                },
                start_tls: { client, unread in
                    unsafe ModuleCalls.session(client).requestTLS(unread: unread)
                }))
        return unsafe UnsafePointer(table)
    }()

    private static func session(_ client: OpaquePointer?) -> ModuleSession {
        guard let client = unsafe client else {
            preconditionFailure("a module called without a client")
        }
        return unsafe Unmanaged<ModuleSession>.fromOpaque(UnsafeRawPointer(client))
            .takeUnretainedValue()
    }

    private static func text(of client: Client, item: CInt) -> [UInt8] {
        let text: String? =
            switch item {
            case ICSHOSTD_CLIENT_ID: "\(client.id)"
            case ICSHOSTD_REMOTE_IP: "\(client.remoteAddress.ip)"
            case ICSHOSTD_REMOTE_PORT: "\(client.remoteAddress.port)"
            case ICSHOSTD_LOCAL_IP: "\(client.localAddress.ip)"
            case ICSHOSTD_LOCAL_PORT: "\(client.localAddress.port)"
            case ICSHOSTD_HOST_TAG: client.hostTag
            case ICSHOSTD_SERVER_NAME: client.serverName
            case ICSHOSTD_TLS_VERSION: client.tlsVersion
            case ICSHOSTD_CLIENT_SUBJECT: client.certificate?.subject
            case ICSHOSTD_CLIENT_COMMON_NAME: client.certificate?.commonName
            case ICSHOSTD_CLIENT_FINGERPRINT: client.certificate?.fingerprint
            default: nil
            }
        return Array((text ?? "").utf8)
    }
}
