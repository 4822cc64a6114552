import TestSupport

/// Tests of hosts that listen on plain ports of 127.0.0.1.
protocol PlainHosts {}

extension PlainHosts {
    func client(_ port: ReservedPort) throws -> PlainClient {
        try PlainClient(to: "127.0.0.1", port: port.number)
    }

    /// The section of a host, its tag the same; `more` follows its other keys.
    func host(
        _ section: String, _ port: ReservedPort, _ handler: String, _ more: String = ""
    ) -> String {
        """
        [Host \(section)]
        HostTag=\(section)
        Hosts=*
        BindIpAddr=127.0.0.1
        BindNonPort=\(port.number)
        Handler=\(handler)
        \(more)

        """
    }
}
