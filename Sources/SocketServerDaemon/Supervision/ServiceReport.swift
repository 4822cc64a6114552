internal import Configuration
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import Planning
internal import Platform
internal import Serving
internal import TextFormats

/// The state of the service at one moment, as `icshostd status` shows it.
struct ServiceReport {
    /// The file that it runs with.
    let running: RunningConfiguration
    /// What is being served.
    let server: Server
    /// Accepted clients a second, over the last ten seconds and over the last minute.
    let rates: (short: Double, long: Double)
    /// How long the daemon has been running.
    let uptime: Duration

    /// Lines of JSON, each made when it is asked for: there may be ten thousand hosts.
    ///
    /// - Parameter name: the tag or the section of the hosts to be told of, with their listeners and
    ///   targets; nil for all.
    /// - Returns: nil when no host has that name.
    func lines(ofHost name: String?) -> AnySequence<JSONLine>? {
        let (hosts, opened) = (server.hosts, server.opened)
        let (clients, silent) = (server.clientsByLoop, Set(server.silentLoops))
        let wanted = name.map { name in Set(hosts.indices.filter { hosts[$0].isNamed(name) }) }
        guard wanted?.isEmpty != true else { return nil }
        let chosen = wanted.map { wanted in wanted.sorted().map { hosts[$0] } } ?? hosts
        let endpoints = opened.endpoints.filter { endpoint in
            wanted.map { !$0.isDisjoint(with: endpoint.endpoint.hosts) } ?? true
        }
        let parts = [
            AnySequence(CollectionOfOne(service(hosts, opened))),
            AnySequence(
                clients.indices.lazy.map { loop($0, clients[$0], isSilent: silent.contains($0)) }),
            AnySequence(
                endpoints.lazy.map { endpoint in
                    let first = endpoint.endpoint.hosts.first
                    return listener(endpoint, first: first.map { hosts[$0] })
                }),
            AnySequence(chosen.lazy.map { host($0, opened) }),
            AnySequence(
                chosen.lazy.flatMap { host in host.targets.map { target($0, of: host) } }),
        ]
        return AnySequence(parts.joined())
    }

    private func service(_ hosts: [HostStatus], _ opened: OpenedPlan) -> JSONLine {
        let status = server.status
        var line = JSONLine(part: "service")
        line.add("version", ProgramIdentity.current.title)
        line.add("process", getpid())
        line.add("uptime_seconds", Double(uptime.nanoseconds / 1_000_000) / 1000)
        line.add("configuration", running.path)
        line.add("configuration_time", running.modified)
        line.add("loaded_time", running.loaded)
        line.add("generation", running.generation)
        line.add("hosts", hosts.count)
        line.add("hosts_up", hosts.count { $0.state.host != nil })
        line.add("hosts_degraded", hosts.count { !opened.conditions(of: $0).isEmpty })
        line.add("hosts_down", hosts.count { $0.state.trouble != nil })
        line.add("listeners", status.listeners)
        line.add("clients", status.clients)
        line.add("accepted", status.accepted)
        line.add("refused", status.refused)
        line.add("handshakes_failed", status.handshakesFailed)
        line.add("accepted_per_second", rates.short)
        line.add("accepted_per_second_minute", rates.long)
        line.add("memory_bytes", ServiceReport.memory)
        return line
    }

    private func loop(_ number: Int, _ clients: Int, isSilent: Bool) -> JSONLine {
        var line = JSONLine(part: "loop")
        line.add("number", number)
        line.add("clients", clients)
        line.add("silent", isSilent)
        return line
    }

    private func listener(_ endpoint: OpenedEndpoint, first: HostStatus?) -> JSONLine {
        var line = JSONLine(part: "listener")
        line.add("address", endpoint.address.description)
        line.add("ssl", endpoint.endpoint.isTLS)
        line.add("hosts", endpoint.endpoint.hosts.count)
        line.add("first_host", first?.tag)
        line.add("first_section", first?.section)
        return line
    }

    private func target(_ target: TargetStatus, of host: HostStatus) -> JSONLine {
        var line = JSONLine(part: "target")
        line.add("host", host.tag)
        line.add("host_section", host.section)
        line.add("section", target.section)
        line.add("address", target.address)
        line.add("state", target.state.rawValue)
        line.add("since", target.since)
        line.add("clients", target.clients)
        line.add("backup", target.isBackup)
        return line
    }

    private func host(_ status: HostStatus, _ opened: OpenedPlan) -> JSONLine {
        var line = JSONLine(part: "host")
        line.add("tag", status.tag)
        line.add("section", status.section)
        switch status.state {
        case .up(let host):
            let conditions = opened.conditions(of: status)
            line.add("state", conditions.isEmpty ? "up" : "degraded")
            if !conditions.isEmpty { line.add("reason", conditions.joined(separator: "; ")) }
            line.add("handler", host.handlerName)
            line.add("clients", status.clients)
            line.add("served", status.served)
            line.add("certificate_end", host.certificateEnd)
        case .down(let trouble):
            line.add("state", "down")
            line.add("reason", trouble.message)
            line.add("place", trouble.location.description)
        case .disabled:
            line.add("state", "disabled")
        }
        return line
    }

    /// The resident memory of the process in bytes (proc(5)), nil where it cannot be read.
    private static var memory: Int? {
        let words = ProcFile.read("/proc/self/statm").split(separator: UInt8(ascii: " "))
        guard words.count > 1 else { return nil }
        return Int(String(decoding: words[1], as: UTF8.self)).map {
            $0 * sysconf(CInt(_SC_PAGESIZE))
        }
    }
}
