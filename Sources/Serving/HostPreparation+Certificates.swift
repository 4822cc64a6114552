internal import Configuration
internal import EventLoops
internal import TLS

extension HostPreparation {
    /// Looks at the certificates in the order of the file, as long as there is time.
    mutating func examineCertificates(unless isInterrupted: () -> Bool) {
        let end = EventLoop.monotonicNow() &+ UInt64(clamping: limit.time.nanoseconds)
        var count = 0
        for index in prepared {
            guard let host = result.states[index].host, let certificates = host.certificates else {
                continue
            }
            guard !isInterrupted() else { return result.isInterrupted = true }
            guard count < limit.least || EventLoop.monotonicNow() < end else { return }
            count += 1
            do throws(TLSError) {
                let report = try certificates.examine()
                result.reports.append((host, report))
            } catch  where error.code == SubstituteCertificate.absent {
                result.diagnostics.error(
                    at: certificates.request.location, "\(host.section): \(error.message)")
            } catch {
                result.states[index] = .down(HostTrouble(error, of: certificates))
            }
        }
    }
}

extension HostTrouble {
    /// What keeps a host's certificates from being shown.
    init(_ error: TLSError, of certificates: HostCertificates) {
        self.init(.certificate, error.message, at: certificates.request.location)
    }
}

extension CertificateRequest {
    /// What a host's section says.
    init(
        _ settings: HostSettings, context: TLSContext, stateDirectory: String,
        purpose: HostPreparation.Purpose
    ) {
        files =
            settings.certificate.map { certificate in
                CertificateFiles(
                    certificate: CertificateSource(certificate.value, key: "SslCert"),
                    key: settings.key.map { CertificateSource($0.value, key: "SslKey") },
                    intermediates: settings.intermediates.map {
                        CertificateSource($0.value, key: "SslInter")
                    }, password: settings.password.map { .text($0.value) })
            }.map { [$0] } ?? []
        self.context = context
        names = settings.names.map(\.value)
        expireDays = 30
        substitute = SubstituteCertificate(for: settings, in: stateDirectory, purpose)
        (tag, section) = (settings.tag, settings.section)
        location = settings.certificateLocation
    }
}

extension HostSettings {
    /// Where to look for what is wrong with the certificate.
    fileprivate var certificateLocation: SourceLocation {
        certificate?.location ?? tlsPort?.location ?? location
    }
}

extension CertificateSource {
    /// The value of a key: a path or PEM text.
    fileprivate init(_ value: String, key: String) {
        self = InlinePEM.begins(value) ? .text(value, key: key) : .file(value)
    }
}
