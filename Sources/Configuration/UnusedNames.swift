/// What ICS reads and icshostd has no use for: told as a note, never an error.
enum UnusedNames {
    /// Whether a section of ICS programs has no meaning here, by its name in lower case.
    static func contains(section name: String) -> Bool {
        ["general", "mailqueue", "restemail"].contains(name)
    }

    /// Whether a key of ICS hosts has no meaning here, by its name in lower case.
    static func contains(hostKey name: String) -> Bool {
        ["sslrawkeyfile", "certproduct", "weblogidx"].contains(name)
    }

    /// Whether a key of ICS servers has no meaning here, by its name in lower case.
    static func contains(serverKey name: String) -> Bool {
        serverKeys.contains(name) || name.hasPrefix("zlib")
    }

    private static let serverKeys: Set = [
        "rootca", "dhparams", "rxbuffsize", "localaddr", "x509proxyurl", "ocspcachefile",
        "ocspsrvcachefile", "ocsptarcachefile", "ocspsrvhttp", "maxattempts", "pasvipaddr",
        "pasvportrangestart", "pasvportrangesize", "md5usethreadfilesize", "timeoutsecslogin",
        "timeoutsecsidle", "timeoutsecsxfer", "alloextraspace", "srvoptions", "bannerconnect",
    ]
}
