// What a program does with its clients from outside, on one loop: `client-list [COUNT] [ROUNDS]`.
//
// `client-list walk [COUNT] [SECONDS]`: how long the turns of a loop are meanwhile; see Walk.swift.
import Glibc
import SocketServer
import Synchronization

switch CommandLine.arguments.dropFirst().first {
case "walk": try Walk(CommandLine.arguments.dropFirst(2).compactMap { Int($0) }).run()
case "hold": Holder(CommandLine.arguments.dropFirst(2).compactMap { Int($0) }).run()
default: break
}

let words = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = words.first ?? 9_500
let rounds = words.dropFirst().first ?? 21
let message = [UInt8](repeating: 1, count: 64)

/// The processor time of this process while a closure runs, in seconds.
func cost(_ body: () throws -> Void) rethrows -> Double {
    let before = seconds(CLOCK_PROCESS_CPUTIME_ID)
    try body()
    return seconds(CLOCK_PROCESS_CPUTIME_ID) - before
}

/// Prints the median of some ratios, the least and the greatest.
func report(_ row: String, _ ratios: [Double]) {
    let sorted = ratios.sorted().map { ($0 * 1000).rounded() / 1000 }
    print("\(row): \(sorted[sorted.count / 2]) (\(sorted[0]) to \(sorted[sorted.count - 1]))")
}

/// Receives a message from a connection.
func receive(from number: CInt) {
    var buffer = [UInt8](repeating: 0, count: message.count)
    let taken = recv(number, &buffer, buffer.count, CInt(MSG_WAITALL))
    guard taken == message.count else { fatalError("recv: \(taken), \(errno)") }
}

func exchange(with number: CInt) {
    send(number, message, message.count, 0)
    receive(from: number)
}

var options = SocketServer.Options()
options.loops = .count(1)
options.maxClients = 0
/// The server's descriptors, one bit each.
let descriptors = (0..<20_000 / 64 + 1).map { _ in Bits() }
final class Bits: Sendable { let bits = Atomic<UInt64>(0) }
let server = SocketServer(listen: "127.0.0.1:0", options: options) { client in
    if let number = client.descriptor {
        descriptors[Int(number) / 64].bits.bitwiseOr(1 << UInt64(number % 64), ordering: .relaxed)
    }
    while try await client.read({ client.send($0) }) { try await client.flush() }
}
let listeners = try await server.listen()
guard let port = listeners.first?.address?.port else { fatalError("no port") }
let connections = (0..<count).map { _ in connection(to: port) }
for number in connections { exchange(with: number) }
let sockets = (0..<20_000).map { CInt($0) }.filter {
    descriptors[Int($0) / 64].bits.load(ordering: .relaxed) & 1 << UInt64($0 % 64) != 0
}
precondition(sockets.count == count)

// sendToAll against the same calls of send(2), by turns; the receivers' work does not count.
var ratios: [Double] = []
for _ in 0..<rounds {
    let calls = cost {
        for number in sockets { send(number, message, message.count, CInt(MSG_NOSIGNAL)) }
    }
    for number in connections { receive(from: number) }
    let all = cost {
        server.clients.sendToAll(message)
        // Long enough for all, and no processor time.
        usleep(500_000)
    }
    for number in connections { receive(from: number) }
    ratios.append(all / calls)
}
report("send-to-all, \(count) clients, against send(2)", ratios)

// The longest time that a client waits for its echo while a task iterates over all others.
let isDone = Atomic<Bool>(false)
let walks = Atomic<Int>(0)
let walk = Task.detached {
    while !isDone.load(ordering: .relaxed) {
        for await _ in server.clients {}
        walks.add(1, ordering: .relaxed)
    }
}
var waits: [Double] = []
let end = seconds(CLOCK_MONOTONIC) + 3
while seconds(CLOCK_MONOTONIC) < end {
    let start = seconds(CLOCK_MONOTONIC)
    exchange(with: connections[0])
    waits.append((seconds(CLOCK_MONOTONIC) - start) * 1000)
}
isDone.store(true, ordering: .relaxed)
await walk.value
waits.sort()
print(
    "echo while \(count) clients are listed \(walks.load(ordering: .relaxed)) times: median",
    "\(waits[waits.count / 2]) ms, 99.9 % \(waits[waits.count * 999 / 1000]) ms,",
    "longest \(waits[waits.count - 1]) ms")

// Echo with a consumer of events and without.
ratios = []
for _ in 0..<rounds {
    let work = { for _ in 0..<300 { for number in connections[..<64] { exchange(with: number) } } }
    let off = cost(work)
    let events = server.events()
    let on = cost(work)
    withExtendedLifetime(events) {}
    ratios.append(on / off)
}
report("echo with events against without", ratios)
