internal import Configuration
internal import HandlerAPI
internal import Platform
internal import TLS

extension HostPreparation {
    /// The handler of a host.
    struct MadeHandler {
        let handler: any Handler
        let name: String
        /// Those it may hand clients to, in the order in which they were made.
        let delegates: [any Handler]
    }

    /// Makes the handler of a host.
    mutating func handler(for settings: HostSettings) throws(HostTrouble) -> MadeHandler {
        let name = settings.handler?.value ?? ""
        let location = settings.handler?.location ?? settings.location
        guard let type = registry[name] else {
            throw HostTrouble(.handler, registry.absence(of: name), at: location)
        }
        let doubts = Lock<[(key: String, message: String)]>([])
        var options = HandlerOptions(settings) { key, message in
            doubts.withLock { $0.append((key, message)) }
        }
        options.limits = limits
        // Nil once the handler is made.
        let delegates = Lock<[any Handler]?>([])
        options.makeHandler =
            DelegateMaker(registry, for: type) { made in
                delegates.withLock { delegates in
                    delegates?.append(made)
                    return delegates != nil
                }
            }.make
        defer {
            for doubt in doubts.withLock({ $0 }) {
                let place = settings.handlerOptions[doubt.key]?.place(ofItem: nil)
                result.diagnostics.warn(
                    at: place ?? location, "\(settings.section): \(doubt.key): \(doubt.message)")
            }
        }
        do {
            guard let handler = try registry.make(name, options) else {
                throw HostTrouble(.handler, registry.absence(of: name), at: location)
            }
            let made = delegates.withLock { delegates in
                defer { delegates = nil }
                return delegates ?? []
            }
            return MadeHandler(handler: handler, name: type.name, delegates: made)
        } catch let error as HostTrouble {
            throw error
        } catch let error as HandlerOptionError {
            let place = settings.handlerOptions[error.key]?.place(ofItem: error.item)
            let message = "\(error.key): \(error.message)"
            throw HostTrouble(
                error.isMistake ? .mistake : .handler, message, at: place ?? location)
        } catch let error as TLSError {
            throw HostTrouble(.handler, error.message, at: location)
        } catch {
            throw HostTrouble(.handler, "handler \(name) did not start: \(error)", at: location)
        }
    }
}
