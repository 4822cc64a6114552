internal import COpenSSL

/// A list of key exchange groups, reduced to those that the OpenSSL of this process supports.
///
/// The installed library decides, not the one that the program was built with: OpenSSL 3.5 added
/// `X25519MLKEM768`, the marks `?` and `*` before a name, and `/` between tuples.
package struct KeyExchangeGroups: Sendable {
    /// The part of the list that `SSL_CTX_set1_groups_list(3)` accepts; empty if it accepts none.
    package private(set) var known = ""
    /// The words that this OpenSSL does not know.
    package private(set) var unknown: [String] = []
    /// The words for a group that an earlier word already names.
    package private(set) var repeated: [String] = []

    /// Parses a list such as `X25519:P-256`.
    package init(_ list: String) {
        TLSLibrary.start
        defer { TLSError.discardQueue() }
        guard let trial = unsafe SSL_CTX_new(TLS_server_method()) else {
            known = list
            return
        }
        defer { unsafe SSL_CTX_free(trial) }
        func takes(_ list: String) -> Bool { unsafe copenssl_ctx_set_groups(trial, list) == 1 }
        // The whole list can mean more than its separate words.
        guard !takes(list) else {
            known = list
            return
        }
        for word in list.split(whereSeparator: { ":/ ,".contains($0) }).map(String.init) {
            let name = String(word.drop { "?*".contains($0) })
            guard !name.isEmpty, takes(name) else {
                unknown.append(word)
                continue
            }
            let longer = known.isEmpty ? name : "\(known):\(name)"
            if takes(longer) { known = longer } else { repeated.append(word) }
        }
    }

    /// The version of the library, such as `3.0.19`.
    package static var libraryVersion: String {
        unsafe String(cString: OpenSSL_version(OPENSSL_VERSION_STRING))
    }
}
