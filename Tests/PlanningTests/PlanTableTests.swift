import Planning
import Testing

/// The text of tables is held by ``GoldenCaseTests``.
@Suite struct PlanTableTests {
    private let text =
        section("Host1", "Hosts=a.test,b.test", "HostTag=x\"\\", "BindSslPort=auto", "SslCert=/c")
        + section("Host2", "Hosts=b.test", "BindSslPort=443", "BindNonPort=80")
        + section("Host3", "Hosts=c.test", "BindSslPort=443", "HostEnabled=no")

    @Test func printsRealPortsWhereTheyAreKnown() {
        let plan = plan(text).plan
        let table = PlanTable(plan, port: { index in index == 0 ? 40_000 : nil })
        let rows = table.text.split(separator: "\n").map { $0.split(separator: " ") }
        #expect(rows.map { $0[1] } == ["PORT", "40000", "80", "443", "443"])
    }

    @Test func printsJSON() {
        #expect(
            PlanTable(plan(text).plan).json == """
                {
                  "endpoints": [
                    {
                      "address": "127.0.0.1",
                      "port": null,
                      "ssl": true,
                      "hosts": [
                        {"section": "Host1", "tag": "x\\"\\\\", "names": ["a.test", "b.test"], \
                "handler": "echo", "certificate": "/c", "default": true, "enabled": true, \
                "trouble": null}
                      ]
                    },
                    {
                      "address": "127.0.0.1",
                      "port": 80,
                      "ssl": false,
                      "hosts": [
                        {"section": "Host2", "tag": "Host2", "names": ["b.test"], \
                "handler": "echo", "certificate": null, "default": true, "enabled": true, \
                "trouble": null}
                      ]
                    },
                    {
                      "address": "127.0.0.1",
                      "port": 443,
                      "ssl": true,
                      "hosts": [
                        {"section": "Host2", "tag": "Host2", "names": ["b.test"], \
                "handler": "echo", "certificate": null, "default": true, "enabled": true, \
                "trouble": null},
                        {"section": "Host3", "tag": "Host3", "names": ["c.test"], \
                "handler": "echo", "certificate": null, "default": false, "enabled": false, \
                "trouble": null}
                      ]
                    }
                  ]
                }

                """)
    }

    @Test func printsAnEmptyPlan() {
        let table = PlanTable(ListenPlan(hosts: [], endpoints: []))
        #expect(table.json == "{\n  \"endpoints\": []\n}\n")
        #expect(table.text.split(separator: "\n").count == 1)
    }
}
