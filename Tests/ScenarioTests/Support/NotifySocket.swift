import Glibc
import Platform
import TestSupport

/// The other end of `NOTIFY_SOCKET`, read all the time as systemd does.
final class NotifySocket: Sendable {
    let path: String
    private let descriptor: CInt
    private let messages = Lock<[String]>([])
    private let store: DescriptorStore
    private let reader = Lock<Platform.Thread?>(nil)

    init(path: String, storesDescriptors: Bool = true) throws {
        self.path = path
        store = DescriptorStore(hasRoom: storesDescriptors)
        descriptor = try UnixDatagramSocket.bind(path)
        let thread = try Platform.Thread(name: "notify") { [messages, descriptor, store] in
            while let (bytes, passed) = UnixDatagramSocket.receive(descriptor), !bytes.isEmpty {
                let text = String(decoding: bytes, as: UTF8.self)
                store.take(text, passed)
                messages.withLock { $0.append(text) }
            }
        }
        reader.withLock { $0 = thread }
    }

    deinit {
        // The reader gets an empty datagram.
        shutdown(descriptor, CInt(SHUT_RDWR))
        reader.withLock { $0 }?.join()
        close(descriptor)
    }

    /// What systemd would pass to the next process.
    var stored: [DescriptorStore.Entry] { store.entries }

    /// The datagrams so far, in order.
    var datagrams: [String] { messages.withLock { $0 } }

    /// The last status.
    var status: String? {
        datagrams.last { $0.hasPrefix("STATUS=") }.map { String($0.dropFirst("STATUS=".count)) }
    }
}
