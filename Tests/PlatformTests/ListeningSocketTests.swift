import Glibc
import NetworkTypes
import Testing

@testable import Platform

@Suite struct ListeningSocketTests {
    private static let loopback = Endpoint(
        SocketAddress(IPAddress(v4: 0x7f00_0001), port: 0))

    @Test(arguments: ["127.0.0.1", "::1"]) func saysWhichFreePortItGot(_ text: String) throws {
        let ip = try #require(IPAddress(text))
        let socket = try ListeningSocket(on: Endpoint(SocketAddress(ip, port: 0)), backlog: 16)
        #expect(socket.endpoint.socketAddress?.ip == ip)
        #expect(socket.endpoint.port != 0)
    }

    @Test func bothFamiliesLiveSideBySideOnOnePort() throws {
        // Others of this machine may have one port over IPv4; an IPv6 socket that takes both has all.
        for _ in 0..<20 {
            let first = try ListeningSocket(
                on: Endpoint(SocketAddress(.anyV6, port: 0)), backlog: 16)
            let port = try #require(first.endpoint.port)
            let address = Endpoint(SocketAddress(.anyV4, port: port))
            guard let second = try? ListeningSocket(on: address, backlog: 16) else { continue }
            #expect(second.endpoint == address)
            return
        }
        Issue.record("IPv4 had none of 20 ports that were free over IPv6")
    }

    @Test func sortsTheErrorsAnOperatorCanMend() throws {
        let taken = try ListeningSocket(on: Self.loopback, backlog: 16)
        #expect(error(of: taken.endpoint)?.kind == .portTaken)
        // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
        let foreign = Endpoint(SocketAddress(IPAddress(v4: 0xc000_0201), port: 0))
        #expect(error(of: foreign)?.kind == .addressNotHere)
        let zoned = Endpoint.tcp(
            SocketAddress(IPAddress(v6: 0xFE80 << 48, 1), port: 0), zone: "nowhere9")
        #expect(error(of: zoned)?.call == "if_nametoindex")
        #expect(error(of: zoned)?.kind == .noInterface)
        var options = ListenerOptions()
        options.device = "nowhere9"
        #expect(error(of: Self.loopback, options)?.call == "SO_BINDTODEVICE")
        #expect(error(of: Self.loopback, options)?.kind == .noInterface)
    }

    @Test func isEmptyWhenNobodyWaits() throws {
        let socket = try ListeningSocket(on: Self.loopback, backlog: 16)
        guard case .empty = socket.accept() else {
            Issue.record("a client was accepted that never came")
            return
        }
    }

    @Test(arguments: ["1", "lo"]) func takesAZoneByNumberOrName(_ zone: String) throws {
        // ::1 takes a zone as fe80::1 does; not every machine has one of those.
        let endpoint = Endpoint.tcp(SocketAddress(IPAddress(v6: 0, 1), port: 0), zone: zone)
        let socket = try ListeningSocket(on: endpoint, backlog: 16)
        #expect(socket.endpoint.description.hasPrefix("[::1%\(zone)]:"))
    }

    @Test func setsWhatTheOptionsSay() throws {
        var options = ListenerOptions()
        options.device = "lo"
        options.keepAlive = .every(idle: 61, interval: 11, count: 7)
        options.fastOpen = 33
        options.deferAccept = 3
        let socket = try ListeningSocket(on: Self.loopback, options: options, backlog: 16)
        #expect(value(socket.number, SOL_SOCKET, SO_KEEPALIVE) == 1)
        #expect(value(socket.number, CInt(IPPROTO_TCP), TCP_KEEPIDLE) == 61)
        #expect(value(socket.number, CInt(IPPROTO_TCP), TCP_KEEPINTVL) == 11)
        #expect(value(socket.number, CInt(IPPROTO_TCP), TCP_KEEPCNT) == 7)
        #expect(value(socket.number, CInt(IPPROTO_TCP), TCP_FASTOPEN) == 33)
        #expect((value(socket.number, CInt(IPPROTO_TCP), TCP_DEFER_ACCEPT) ?? 0) >= 3)
        var name = [CChar](repeating: 0, count: 16)
        var length = socklen_t(name.count)
        #expect(
            unsafe getsockopt(socket.number, SOL_SOCKET, SO_BINDTODEVICE, &name, &length) == 0)
        #expect(name.prefix { $0 != 0 } == [108, 111])
    }

    @Test func leavesTheOptionsAloneThatNobodySet() throws {
        let socket = try ListeningSocket(on: Self.loopback, backlog: 16)
        #expect(value(socket.number, SOL_SOCKET, SO_KEEPALIVE) == 0)
        #expect(value(socket.number, CInt(IPPROTO_TCP), TCP_DEFER_ACCEPT) == 0)
    }

    @Test(arguments: [IPAddress(v4: 0xc000_0201), IPAddress(v6: 0x2001_0db8 << 32, 1)])
    func listensOnAnAddressThatIsStillToCome(_ ip: IPAddress) throws {
        var options = ListenerOptions()
        options.isFreeBind = true
        let socket = try ListeningSocket(
            on: Endpoint(SocketAddress(ip, port: 0)), options: options, backlog: 16)
        #expect(socket.endpoint.socketAddress?.ip == ip)
    }

    private func value(_ number: CInt, _ level: CInt, _ option: CInt) -> CInt? {
        var (value, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
        guard unsafe getsockopt(number, level, option, &value, &length) == 0 else { return nil }
        return value
    }

    private func error(
        of endpoint: Endpoint, _ options: ListenerOptions = ListenerOptions()
    ) -> SystemError? {
        do throws(SystemError) {
            _ = try ListeningSocket(on: endpoint, options: options, backlog: 16)
            return nil
        } catch {
            return error
        }
    }
}
