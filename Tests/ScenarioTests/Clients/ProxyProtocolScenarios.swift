import Glibc
import TestSupport
import Testing

/// The balancers that people have, before a daemon that asks for their header.
@Suite struct ProxyProtocolScenarios {
    /// A balancer, and how it is told to send a header.
    enum Balancer: CaseIterable {
        case haproxyV1, haproxyV2, haproxyV2TLS, nginx, icshostdV1, icshostdV2
    }

    private let directory: TemporaryDirectory
    private let daemon: DaemonProcess

    init() throws {
        directory = try TemporaryDirectory()
        let pair = try Certificates(in: directory).pair("a.test")
        daemon = try DaemonProcess(
            """
            [Server]
            LogLevel=debug
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            BindSslPort=auto
            \(pair.settings)
            ProxyProtocol=require
            TrustedProxies=127.0.0.0/8
            Handler=echo
            """, in: directory)
    }

    @Test(arguments: Balancer.allCases, [false, true])
    func theClientIsTheOneBehindTheBalancer(_ balancer: Balancer, _ isTLS: Bool) throws {
        let target = isTLS ? try daemon.tlsPort() : try daemon.plainPort()
        let running = try Running(balancer, to: target)
        let socket = try running.connect()
        let client: any TestClient =
            isTLS ? try TLSClient(over: socket, name: "a.test") : socket
        #expect(try client.echoes("hello"))
        let port = try localPort(of: socket)
        let info = try daemon.ask("clients", "--json")
        #expect(info.output.contains(#""address": "127.0.0.1:\#(port)""#), "\(info.output)")
        #expect(info.output.contains(#""via": "127.0.0.1:"#), "\(info.output)")
        client.close()
        try daemon.waitForLog("client 127.0.0.1:\(port) via 127.0.0.1 ")
    }

    /// The header of curl has curl's own address, as a check has.
    @Test func curlIsServed() throws {
        let web = try DaemonProcess(
            """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            ProxyProtocol=optional
            TrustedProxies=127.0.0.1
            Handler=web
            WebDocDir=\(directory.path)
            """, in: try TemporaryDirectory())
        try directory.write("found\n", to: "page.txt")
        let address = "http://127.0.0.1:\(try web.plainPort())/page.txt"
        let answer = try Command.succeed(["curl", "-sf", "--haproxy-protocol", address])
        #expect(answer == "found\n")
        // Without it, the trusted peer is refused.
        #expect(try Command(["curl", "-s", address]).end != .exited(0))
        try web.waitForLog("no valid header of the PROXY protocol")
        let other = ["curl", "-sf", "--interface", "127.0.0.2", address]
        #expect(try Command.succeed(other) == "found\n")
    }

    /// A reload changes whom new clients are asked for; those that are there stay.
    @Test func aReloadChangesWhoIsTrusted() throws {
        func text(_ keys: String) -> String {
            """
            [Host1]
            Hosts=a.test
            BindIpAddr=127.0.0.1
            BindNonPort=auto
            \(keys)
            Handler=echo
            """
        }
        let daemon = try DaemonProcess(text(""))
        let port = try daemon.plainPort()
        let before = try PlainClient(to: "127.0.0.1", port: port)
        #expect(try before.echoes("before"))
        try daemon.reload(text("ProxyProtocol=require\nTrustedProxies=127.0.0.1"))
        let proxied = try PlainClient(to: "127.0.0.1", port: port)
        try proxied.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\nhello")
        #expect(try proxied.receive(atLeast: 5) == Array("hello".utf8))
        try daemon.reload(text("ProxyProtocol=require\nTrustedProxies=127.0.0.2"))
        #expect(try before.echoes("still") && proxied.echoes("still"))
        let stranger = try PlainClient(to: "127.0.0.1", port: port)
        #expect((try? stranger.receiveAll()) ?? [] == [])
        try daemon.waitForLog(
            "was refused: only load balancers may connect: TrustedProxies does not have it")
    }

    private func localPort(of client: PlainClient) throws -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(client.descriptor, $0, &size)
            }
        }
        guard result == 0 else { throw TestFailure.last("getsockname") }
        return UInt16(bigEndian: address.sin_port)
    }
}

extension ProxyProtocolScenarios {
    /// A balancer that runs.
    final class Running {
        private let reserved: ReservedPort
        private let directory: TemporaryDirectory
        private var process: ChildProcess?
        private var daemon: DaemonProcess?

        /// Starts it, and waits until it listens.
        init(_ balancer: Balancer, to port: UInt16) throws {
            reserved = try ReservedPort()
            directory = try TemporaryDirectory()
            switch balancer {
            case .haproxyV1: try startHAProxy("send-proxy", to: port)
            case .haproxyV2: try startHAProxy("send-proxy-v2", to: port)
            case .haproxyV2TLS: try startHAProxy("send-proxy-v2-ssl-cn", to: port)
            case .nginx: try startNginx(to: port)
            case .icshostdV1: try startDaemon("v1", to: port)
            case .icshostdV2: try startDaemon("v2", to: port)
            }
            // A connection of the wait itself would be one that the daemon tells of.
            let inode = String(reserved.number, radix: 16, uppercase: true)
            try waitUntil("the balancer listens: \(process?.errors ?? "")") {
                try Command.succeed(["cat", "/proc/net/tcp"]).split(separator: "\n").contains {
                    $0.contains(":\(inode) 00000000:0000 0A")
                }
            }
        }

        deinit {
            process?.send(SIGTERM)
            _ = try? process?.waitForEnd()
        }

        func connect() throws -> PlainClient {
            try PlainClient(to: "127.0.0.1", port: reserved.number)
        }

        private func startHAProxy(_ option: String, to port: UInt16) throws {
            let file = try directory.write(
                """
                defaults
                  mode tcp
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                listen l
                  bind 127.0.0.1:\(reserved.number)
                  server s 127.0.0.1:\(port) \(option)

                """, to: "haproxy.cfg")
            process = try ChildProcess(["/usr/sbin/haproxy", "-db", "-f", file])
        }

        private func startNginx(to port: UInt16) throws {
            let file = try directory.write(
                """
                load_module /usr/lib/nginx/modules/ngx_stream_module.so;
                daemon off; worker_processes 1; pid \(directory.path)/nginx.pid; user root;
                error_log stderr crit;
                events { worker_connections 64; }
                stream { server {
                  listen 127.0.0.1:\(reserved.number); proxy_pass 127.0.0.1:\(port); proxy_protocol on;
                } }
                """, to: "nginx.conf")
            process = try ChildProcess(
                ["/usr/sbin/nginx", "-e", "stderr", "-p", directory.path, "-c", file])
        }

        private func startDaemon(_ version: String, to port: UInt16) throws {
            daemon = try DaemonProcess(
                """
                [Host1]
                Hosts=front.test
                BindIpAddr=127.0.0.1
                BindNonPort=\(reserved.number)
                Handler=proxy
                SendProxy=\(version)
                [Target1]
                HostTag=Host1
                TarHost=127.0.0.1
                TarPort=\(port)
                """, in: directory)
        }
    }
}
