internal import Configuration
internal import Planning
internal import Platform
internal import TLS

extension HostPreparation {
    /// Checks certificates in the order of the file, until the time limit.
    mutating func examineCertificates(unless isInterrupted: () -> Bool) {
        let end = MonotonicClock.now() &+ UInt64(clamping: limit.time.nanoseconds)
        var (count, hasTime) = (0, true)
        for index in prepared {
            guard let host = result.states[index].host, let certificates = host.certificates else {
                continue
            }
            result.holders.append(host)
            if hasTime { hasTime = count < limit.least || MonotonicClock.now() < end }
            guard hasTime else { continue }
            guard !isInterrupted() else {
                result.isInterrupted = true
                return
            }
            count += 1
            do throws(TLSError) {
                let report = try certificates.examine()
                result.reports.append((host, report))
            } catch  where error.code == SubstituteCertificate.absent {
                // The host would serve; a plan shows the certificate as self-made.
                continue
            } catch {
                let trouble = HostTrouble(error, of: certificates)
                guard host.plainService != .none else {
                    result.states[index] = .down(trouble)
                    continue
                }
                host.noteCertificates(trouble)
                result.degraded.append((index, trouble))
            }
        }
    }
}

extension HostTrouble {
    /// The trouble of a host whose certificates are unusable.
    init(_ error: TLSError, of certificates: HostCertificates) {
        self.init(.certificate, error.message, at: certificates.request.place(of: error))
    }
}

extension CertificateRequest {
    /// Collects the settings of a host's section.
    init(
        _ settings: HostSettings, context: TLSContext, stateDirectory: String?,
        purpose: HostPreparation.Purpose
    ) {
        let certificate = settings.certificate
        files = certificate.files.enumerated().map { index, file in
            CertificateFiles(
                certificate: CertificateSource(file.value, key: "SslCert"),
                key: certificate.keys.indices.contains(index)
                    ? CertificateSource(certificate.keys[index].value, key: "SslKey") : nil,
                intermediates: certificate.intermediates.map {
                    CertificateSource($0.value, key: "SslInter")
                }, password: certificate.password.map { PasswordSource($0.value) })
        }
        self.context = context
        names = settings.names.map(\.value)
        expireDays = certificate.expireDays ?? 30
        substitute = SubstituteCertificate(for: settings, in: stateDirectory, purpose)
        location = settings.certificateLocation
        keyLocation = certificate.keys.first?.location
        intermediatesLocation = certificate.intermediates?.location
        passwordLocation = certificate.password?.location
        secondLocation = certificate.files.dropFirst().first?.location
    }
}

extension HostSettings {
    /// The place of errors about the certificate.
    fileprivate var certificateLocation: SourceLocation {
        certificate.files.first?.location ?? tlsPort?.location ?? location
    }
}

extension CertificateSource {
    /// A value that is a path or PEM text.
    fileprivate init(_ value: String, key: String) {
        self = InlinePEM.begins(value) ? .text(value, key: key) : .file(value)
    }
}

extension PasswordSource {
    /// The source of a password; a credential is a file that systemd creates (systemd.exec(5)).
    fileprivate init(_ setting: PasswordSetting) {
        switch setting {
        case .text(let text): self = .text(text)
        case .file(let path): self = .file(path)
        case .credential(let name):
            self = FilePresence.credentials.map { .file("\($0)/\(name)") } ?? .noCredential(name)
        }
    }
}
