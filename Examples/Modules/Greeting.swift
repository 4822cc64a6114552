// Greets each client by its name, and closes the connection after a minute of silence.
//
//     swiftc -O -emit-library -parse-as-library -o greeting.so Greeting.swift
//
// Add -I with the directory of module.modulemap (Sources/CHandlerModule) if it is not installed.
import CHandlerModule

/// The state of one host: the text of `ModuleOption=text=Hello`.
final class Greeting {
    let calls: icshostd_calls
    let text: String

    init(_ host: icshostd_host) {
        calls = host.calls.pointee
        let options = (0..<host.option_count).compactMap { host.options[$0] }
            .map { String(cString: $0) }
        text = options.first { $0.hasPrefix("text=") }.map { String($0.dropFirst(5)) } ?? "Hello"
    }
}

/// The state of one client: its incomplete line.
final class Visitor {
    let greeting: Greeting
    var line: [UInt8] = []

    init(_ greeting: Greeting) {
        self.greeting = greeting
    }

    func say(_ text: String, to client: OpaquePointer?) {
        _ = Array("\(text)\r\n".utf8).withUnsafeBytes {
            greeting.calls.write(client, $0.baseAddress, $0.count)
        }
    }

    func wait(for client: OpaquePointer?) { greeting.calls.deadline(client, 60_000) }
}

// Swift objects behind C pointers: `load` and `open` retain one, `unload` and `close` release it. The
// daemon passes the pointers that `load` and `open` stored to the other functions.

func keep(_ object: AnyObject, in place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
    place?.pointee = Unmanaged.passRetained(object).toOpaque()
}

func object<Object: AnyObject>(_ pointer: UnsafeMutableRawPointer?) -> Object {
    guard let pointer else { preconditionFailure("nothing was kept") }
    return Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
}

func letGo(_ pointer: UnsafeMutableRawPointer?) {
    if let pointer { Unmanaged<AnyObject>.fromOpaque(pointer).release() }
}

nonisolated(unsafe) let table: UnsafePointer<icshostd_module> = {
    let table = UnsafeMutablePointer<icshostd_module>.allocate(capacity: 1)
    table.initialize(to: icshostd_module())
    table.pointee.version = UInt32(ICSHOSTD_MODULE_VERSION)
    table.pointee.load = { host, module in
        guard let host else { return -1 }
        keep(Greeting(host.pointee), in: module)
        return 0
    }
    table.pointee.open = { module, client, state in
        let visitor = Visitor(object(module))
        keep(visitor, in: state)
        visitor.say("Who are you?", to: client)
        visitor.wait(for: client)
        return ICSHOSTD_CONTINUE
    }
    table.pointee.data = { state, client, bytes, count in
        let visitor: Visitor = object(state)
        visitor.line += UnsafeBufferPointer(start: bytes, count: count)
        guard visitor.line.count <= 100 else { return -1 }
        guard let end = visitor.line.firstIndex(of: 10) else {
            visitor.wait(for: client)
            return ICSHOSTD_CONTINUE
        }
        let name = String(decoding: visitor.line[..<end].filter { $0 != 13 }, as: UTF8.self)
        visitor.say("\(visitor.greeting.text), \(name).", to: client)
        return ICSHOSTD_CLOSE
    }
    table.pointee.timer = { state, client in
        let visitor: Visitor = object(state)
        visitor.say("Goodbye.", to: client)
        return ICSHOSTD_CLOSE
    }
    table.pointee.close = { state, _, _ in
        letGo(state)
        return 0
    }
    table.pointee.unload = { module in
        letGo(module)
    }
    return UnsafePointer(table)
}()

/// The entry point, which the daemon looks up by name.
@c(icshostd_module_entry)
public func moduleEntry() -> UnsafePointer<icshostd_module> { table }
