package import Configuration
package import HandlerAPI
package import Planning
internal import TLS

extension HostPreparation {
    /// The problems of the hosts of a plan.
    package struct Findings: Sendable {
        /// Why hosts are down, or would be if they were enabled, by their index in the plan.
        package fileprivate(set) var troubles: [(host: Int, trouble: HostTrouble)] = []
        /// The problems of usable certificates, including those that the server would create.
        package fileprivate(set) var remarks: [(host: Int, trouble: HostTrouble)] = []
        /// All other problems.
        package fileprivate(set) var diagnostics = Diagnostics()
    }

    /// Finds every problem of the hosts of a plan, including disabled hosts and those with mistakes.
    ///
    /// Continues after each problem. Possible consequences of a mistake in a host's section are not checked.
    package static func examine(
        _ plan: ListenPlan, registry: HandlerRegistry, stateDirectory: String,
        limits: ServiceLimits = ServiceLimits()
    ) -> Findings {
        var preparation = HostPreparation(
            registry: registry, stateDirectory: stateDirectory, purpose: .check, limit: .none)
        preparation.limits = limits
        var findings = Findings()
        for (index, host) in plan.hosts.enumerated() {
            findings.troubles += host.troubles.map { (index, HostTrouble($0)) }
            if host.isEnabled { preparation.warnOfForeignWriters(of: host) }
            preparation.examineAccess(of: host, index, into: &findings)
            preparation.examineHandler(of: host, index, into: &findings)
            guard host.mayShowCertificate else { continue }
            preparation.examineCertificate(of: host, index, into: &findings)
        }
        findings.diagnostics = preparation.result.diagnostics
        return findings
    }

    private mutating func examineAccess(
        of host: HostSettings, _ index: Int, into findings: inout Findings
    ) {
        do throws(HostTrouble) {
            _ = try access(of: host)
        } catch {
            findings.troubles.append((index, error))
        }
    }

    private mutating func examineHandler(
        of host: HostSettings, _ index: Int, into findings: inout Findings
    ) {
        guard let name = host.handler else { return }
        // A missing value has already been reported as a mistake or trouble.
        if let type = registry[name.value] {
            guard host.mistakes.isDisjoint(with: [.keys, .handler]),
                host.handlerOptions.count == type.keys.count
            else { return }
        }
        do throws(HostTrouble) {
            _ = try handler(for: host)
        } catch {
            findings.troubles.append((index, error))
        }
    }

    private mutating func examineCertificate(
        of host: HostSettings, _ index: Int, into findings: inout Findings
    ) {
        let handler = host.handler.flatMap { registry[$0.value] }
        do throws(HostTrouble) {
            let certificates = try certificates(of: host, handler?.applicationProtocols ?? [])
            let place = certificates.request.location
            do throws(TLSError) {
                findings.remarks += try certificates.examine().messages.map {
                    (index, HostTrouble(.certificate, $0, at: place))
                }
            } catch  where error.code == SubstituteCertificate.absent {
                findings.remarks.append((index, HostTrouble(error, of: certificates)))
            } catch {
                throw HostTrouble(error, of: certificates)
            }
        } catch {
            findings.troubles.append((index, error))
        }
    }
}

extension HostSettings {
    /// Whether it needs a certificate, as far as is known, and all its certificate settings are valid.
    fileprivate var mayShowCertificate: Bool {
        let isNeeded =
            needsCertificate || mistakes.contains(.port) && !certificate.files.isEmpty
        return isNeeded && mistakes.isDisjoint(with: [.keys, .certificate])
            && !troubles.contains { Schema.host.isForTLS($0.key) }
    }
}
