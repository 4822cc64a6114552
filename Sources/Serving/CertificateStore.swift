internal import Configuration
internal import Glibc
internal import HandlerAPI
internal import NetworkTypes
internal import TLS

/// Certificates that were made here because a host had none, kept in `StateDirectory`.
struct CertificateStore {
    /// Where they are kept.
    let directory: String

    /// A kept certificate is used until so many seconds before its end.
    private static let renewalTime = 10 * 86_400

    init(directory: String) {
        self.directory = "\(directory)/certificates"
    }

    /// Whether there is a file, readable or not.
    func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 || errno != ENOENT }

    /// The file of a host's certificate; its key lies beside it.
    func path(for host: HostSettings) -> String { "\(stem(for: host)).pem" }

    /// What was made for the host before, unless its names have changed or it ends soon.
    func kept(for host: HostSettings, context: TLSContext) -> TLSCertificate? {
        guard exists(path(for: host)) else { return nil }
        do {
            let kept = try load(host, context)
            let lasts = kept.notAfter - WallClock.secondsSince1970 > CertificateStore.renewalTime
            return lasts && Set(kept.names) == Set(names(of: host)) ? kept : nil
        } catch {
            // Whatever is wrong with it, a new one is right.
            return nil
        }
    }

    /// Makes a certificate for all names of a host.
    func make(for host: HostSettings, context: TLSContext) throws(TLSError) -> TLSCertificate {
        try LocalCertificate.make(
            names: names(of: host), certificate: path(for: host), key: keyPath(for: host),
            replacing: true)
        return try load(host, context)
    }

    private func load(
        _ host: HostSettings, _ context: TLSContext
    ) throws(TLSError) -> TLSCertificate {
        try TLSCertificate.load(
            certificate: path(for: host), key: keyPath(for: host), intermediates: nil,
            password: nil, context: context)
    }

    private func keyPath(for host: HostSettings) -> String { "\(stem(for: host)).key" }

    private func stem(for host: HostSettings) -> String {
        "\(directory)/\(host.section.lowercased())"
    }

    /// The host's names; for `*` those by which its clients may reach this machine.
    private func names(of host: HostSettings) -> [String] {
        let names = host.names.map(\.value)
        guard names.contains("*") else { return names }
        let addresses = host.addresses.compactMap(\.value.ip).filter { !$0.isWildcard }
        let more = [CertificateStore.machineName, "localhost"] + addresses.map(\.description)
        return names.filter { $0 != "*" } + more.filter { !$0.isEmpty && !names.contains($0) }
    }

    private static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
