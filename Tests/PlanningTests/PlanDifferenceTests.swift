import Configuration
import Planning
import Testing

@Suite struct PlanDifferenceTests {
    private static let first = section("Host1", "Hosts=a.test", "BindNonPort=80")
    private static let second = section(
        "Host2", "Hosts=b.test", "BindSslPort=443", "SslSecLevel=sslSrvSecHigh")

    private func difference(_ old: String, _ new: String) -> PlanDifference {
        PlanDifference(from: plan(old).plan, to: plan(new).plan)
    }

    /// Of `[Server]` each key is told, with when it takes effect.
    @Test(arguments: [
        ("MaxClients=7\n", "~ [Server] MaxClients\n", "MaxClients of [Server] changed"),
        (
            "Workers=2\n", "~ [Server] Workers, at the next restart\n",
            "no changes; Workers changes at the next restart"
        ),
        (
            "ControlSocket=/run/x\nLogLevel=debug\n",
            "~ [Server] ControlSocket, at the next restart\n~ [Server] LogLevel\n",
            "LogLevel of [Server] changed; ControlSocket changes at the next restart"
        ),
        ("", "", "no changes"),
    ])
    func tellsTheKeysOfTheServer(_ keys: String, _ steps: String, _ summary: String) {
        let (old, before) = plan(Self.first)
        let (new, after) = plan("[Server]\n" + keys + Self.first)
        let there = PlanDifference(
            from: old, to: new, server: (before.settings.server, after.settings.server))
        #expect(there.text == steps + "1 listener and 1 host are unchanged\n")
        #expect(there.summary == summary)
        #expect(there.isEmpty == keys.isEmpty)
        // And back to the default.
        let back = PlanDifference(
            from: new, to: old, server: (after.settings.server, before.settings.server))
        #expect(back.server == there.server)
    }

    @Test(
        arguments: [
            (
                first + second, "; moved\n" + second + first,
                "2 listeners and 2 hosts are unchanged\n"
            ),
            (
                first, first + second,
                "+ listener 127.0.0.1:443 ssl\n+ host Host2\n"
                    + "1 listener and 1 host are unchanged\n"
            ),
            (
                first + second, second.replacing("b.test", with: "c.test"),
                "- listener 127.0.0.1:80\n- host Host1\n~ host Host2: Hosts\n"
                    + "1 listener and 0 hosts are unchanged\n"
            ),
            (
                first, first.replacing("BindNonPort", with: "BindSslPort"),
                "- listener 127.0.0.1:80\n+ listener 127.0.0.1:80 ssl\n"
                    + "~ host Host1: BindSslPort, BindNonPort\n"
                    + "0 listeners and 0 hosts are unchanged\n"
            ),
            // Keys that keep a host from serving change it, those without effect do not.
            (
                first, first + "ForwardProxy=True\nBandwidthLimit=1\n",
                "~ host Host1: ForwardProxy\n1 listener and 0 hosts are unchanged\n"
            ),
            (
                first, first + "FastOpen=5\n",
                "- listener 127.0.0.1:80\n+ listener 127.0.0.1:80\n~ host Host1: FastOpen\n"
                    + "0 listeners and 0 hosts are unchanged\n"
            ),
            (
                second,
                second.replacing("sslSrvSecHigh", with: "5").replacing("Host2", with: "HOST2"),
                "1 listener and 1 host are unchanged\n"
            ),
            (
                first.replacing("80", with: "auto"),
                first.replacing("80", with: "auto")
                    + first.replacing("80", with: "auto").replacing("Host1", with: "Host3"),
                "+ listener 127.0.0.1:0\n+ host Host3\n1 listener and 1 host are unchanged\n"
            ),
            (
                first + second + "HostEnabled=True\n", first + second + "HostEnabled=False\n",
                "- listener 127.0.0.1:443 ssl\n~ host Host2: HostEnabled\n"
                    + "1 listener and 1 host are unchanged\n"
            ),
        ] as [(String, String, String)])
    func tellsWhatComesChangesAndGoes(_ old: String, _ new: String, _ expected: String) {
        #expect(difference(old, new).text == expected)
    }

    @Test func namesThingsByTheirIndexes() {
        let difference = difference(
            Self.first + Self.second,
            Self.second
                + section(
                    "Host9", "Hosts=c.test", "BindNonPort=81"))
        #expect(difference.kept.map { [$0.old, $0.new] } == [[1, 0]])
        #expect(difference.closed == [0] && difference.opened == [1])
        #expect(difference.removed == [0] && difference.added == [1])
        #expect(difference.changed == [] && !difference.isEmpty)
    }

    @Test func countsWhatIsInForce() {
        typealias InForce = PlanDifference.InForce
        let grows = difference(Self.first, Self.first + Self.second)
        let one = InForce(endpoints: [0], leftOut: [])
        let (two, half) = (
            InForce(endpoints: [0, 1], leftOut: []), InForce(endpoints: [0], leftOut: [1])
        )
        #expect(grows.inForce(one, two).summary == grows.summary)
        #expect(grows.inForce(one, half).summary == "no changes")
        #expect(grows.inForce(one, half).isEmpty)
        let same = difference(Self.first + Self.second, Self.first + Self.second)
        #expect(same.inForce(half, half).summary == "no changes")
        #expect(same.inForce(half, two).summary == "1 listener opened, 1 host is up again")
        #expect(same.inForce(two, half).summary == "1 listener closed")
        let shrinks = difference(Self.first + Self.second, Self.first)
        #expect(shrinks.inForce(half, one).summary == "1 host removed")
        let other = difference(
            Self.first + Self.second, Self.first + Self.second.replacing("b.test", with: "c.test"))
        #expect(other.inForce(half, half).summary == "no changes")
        #expect(other.inForce(half, two).summary == "1 listener opened, 1 host changed")
    }

    @Test func thereAndBackIsTheOpposite() {
        let (old, new) = (Self.first, Self.second)
        #expect(difference(old, new).opened == difference(new, old).closed)
        #expect(difference(old, new).added == difference(new, old).removed)
        #expect(difference(old, old).isEmpty)
    }

    @Test func printsJSON() {
        #expect(
            difference(Self.first, Self.first.replacing("a.test", with: "b.test") + Self.second)
                .json == """
                    {
                      "listeners": {
                        "opened": ["127.0.0.1:443 ssl"],
                        "closed": [],
                        "kept": ["127.0.0.1:80"]
                      },
                      "hosts": {
                        "added": ["Host2"],
                        "changed": [{"section": "Host1", "keys": ["Hosts"]}],
                        "removed": []
                      }
                    }

                    """)
    }
}

extension PlanDifference {
    /// Whether nothing changes.
    fileprivate var isEmpty: Bool {
        opened.isEmpty && closed.isEmpty && added.isEmpty && changed.isEmpty && removed.isEmpty
            && returned.isEmpty && server.isEmpty
    }
}
