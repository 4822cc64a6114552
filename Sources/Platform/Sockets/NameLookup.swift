internal import CLinux
internal import Glibc
package import NetworkTypes

/// Asks the system's resolver for the addresses of a name.
package enum NameLookup {
    /// Why there are none.
    package struct Failure: Error, Hashable, Sendable {
        /// The message of the resolver: no capital, no period.
        package let reason: String

        /// Words a failure.
        package init(_ reason: String) {
            self.reason = reason
        }
    }

    /// The most addresses that are taken of one answer.
    package static let addressLimit = 32

    /// Looks a name up (getaddrinfo(3)); blocks, so never on a loop.
    ///
    /// - Returns: at least one address, in the order in which they should be tried (RFC 6724).
    package static func addresses(of name: String) throws(Failure) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else {
            let reason =
                code == EAI_SYSTEM
                ? SystemError.last("getaddrinfo").reason
                : unsafe String(cString: gai_strerror(code))
            throw Failure(reason.lowercased())
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next, found.count < addressLimit {
            let size = unsafe Int(entry.pointee.ai_addrlen)
            let address = unsafe entry.pointee.ai_addr.flatMap {
                unsafe RawAddress.address(UnsafeRawBufferPointer(start: $0, count: size))
            }
            if let ip = address?.ip, !found.contains(ip) { found.append(ip) }
            unsafe next = entry.pointee.ai_next
        }
        guard !found.isEmpty else { throw Failure("no addresses") }
        return found
    }
}
