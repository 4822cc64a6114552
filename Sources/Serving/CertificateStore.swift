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

    /// The file of a host's certificate and key.
    func path(for host: HostSettings) -> String { "\(directory)/\(host.section.lowercased()).pem" }

    /// What was made for the host before, unless its names have changed or it ends soon.
    func kept(for host: HostSettings, context: TLSContext) -> TLSCertificate? {
        nil
    }

    /// Makes a certificate for all names of a host.
    func make(for host: HostSettings, context: TLSContext) throws(TLSError) -> TLSCertificate {
        throw TLSError("x")
    }

    /// The host's names; for `*` those by which its clients may reach this machine.
    private func names(of host: HostSettings) -> [String] {
        let names = host.names.map(\.value)
        guard names.contains("*") else { return names }
        let addresses = host.addresses.map(\.value).filter { !$0.isWildcard }
        let more = [CertificateStore.machineName, "localhost"] + addresses.map(\.description)
        return names.filter { $0 != "*" } + more.filter { !$0.isEmpty && !names.contains($0) }
    }

    private static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
}
