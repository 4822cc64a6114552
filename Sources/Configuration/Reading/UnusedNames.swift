internal import TextFormats

/// Keys and sections of ICS that are not used here: a note, never an error.
enum UnusedNames {
    /// Whether a section of ICS programs is not used here, by its name in lower case.
    static func contains(section name: String) -> Bool {
        ["general", "mailqueue", "restemail"].contains(name)
    }

    /// Notes a key of ICS that is not used here, in any section.
    ///
    /// A blank value, or the default of ICS, needs no note.
    ///
    /// - Returns: whether it is such a key.
    static func note(_ entry: INIDocument.Entry, into diagnostics: inout Diagnostics) -> Bool {
        let name = entry.key.value.lowercased()
        guard keys.contains(name) || name.hasPrefix("zlib") else { return false }
        let value = entry.value.value
        if !value.isEmpty, value != defaults[name] {
            diagnostics.note(
                at: entry.key.location,
                "not used by \(ProgramIdentity.command): \(entry.key.value.printable)")
        }
        return true
    }

    private static let keys: Set = [
        // Of hosts.
        "sslrawkeyfile", "certproduct", "weblogidx",
        // Of servers.
        "rootca", "dhparams", "rxbuffsize", "localaddr", "x509proxyurl", "ocspcachefile",
        "ocspsrvcachefile", "ocsptarcachefile", "ocspsrvhttp", "maxattempts", "pasvipaddr",
        "pasvportrangestart", "pasvportrangesize", "md5usethreadfilesize", "timeoutsecslogin",
        "timeoutsecsidle", "timeoutsecsxfer", "alloextraspace", "srvoptions", "bannerconnect",
    ]

    /// The ICS defaults of such keys, where files contain them.
    private static let defaults = [
        "rxbuffsize": "65536", "localaddr": "0.0.0.0", "ocspcachefile": "ocspservercache.recs",
        "ocspsrvcachefile": "ocsppxysrvcache.recs", "ocsptarcachefile": "ocsppxytarcache.recs",
    ]
}
