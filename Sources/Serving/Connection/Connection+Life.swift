internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

extension Connection {
    /// Takes a socket that was accepted.
    convenience init(
        socket: consuming StreamSocket, peer: SocketAddress, router: EndpointRouter, worker: Worker
    ) {
        self.init(
            socket: socket, peer: peer, listener: router.listener, destination: .undecided(router),
            worker: worker)
    }

    /// Takes the client in, on its loop.
    ///
    /// - Parameter answer: whether there is room for it (`MaxClients`).
    func begin(_ answer: Admission.Answer) {
        source = loop.add(self)
        do {
            try loop.watch(socket.number, for: source, .input)
        } catch {
            close(.systemError, detail: error.description)
            return
        }
        if answer != .welcome {
            refuse(answer == .shared ? .hostTooBusy : .tooManyClients)
        } else if listener.isTLS {
            beginHandshake()
        } else if let host = router?.plainHost {
            start(for: host)
        } else {
            refuse(.hostDown)
        }
    }

    /// The client is through: the banner, then its handler.
    func start(for host: Host) {
        guard worker.decide(self, for: host) else { return goodbye(.hostTooBusy) }
        destination = .host(host)
        hostNumber = host.number
        host.account.clients.increment()
        host.account.served.increment()
        // Its host was changed while it shook hands, and has ended since.
        guard !host.account.isOver else { return close(.drained) }
        if host.sendsBanner {
            let banner = worker.options.banner
            send(banner.span)
        }
        if let time = host.firstByteTimeout { loop.setDeadline(source, after: time) }
        // A draining server has asked those at rest already.
        guard host.startsAtRest, !isDraining else { return startServing() }
        if mayRead { serveAtOnce(host) } else { phase = .resting }
    }

    /// Serves a client in whom something has arrived at rest: without a task, where its handler can.
    private func serveAtOnce(_ host: Host) {
        phase = .serving
        noteHandler()
        // The loop has waited for this client.
        streak = 0
        do {
            switch try host.handler.serveAtOnce(self) {
            case .done(let afterwards):
                finishServing(afterwards)
            case .goOn(let begun):
                needExtras().begun = begun
                task = Task(executorPreference: loop) { await self.goOn() }
            case nil:
                startServing()
            }
        } catch {
            finishServing(throwing: error)
        }
    }

    /// Serves what could not be served at once.
    private func goOn() async {
        guard let begun = extras?.begun else { return }
        extras?.begun = nil
        do {
            finishServing(try await begun(self))
        } catch {
            finishServing(throwing: error)
        }
    }

    /// Starts the handler's task, at first and after a rest.
    func startServing() {
        phase = .serving
        if streak != Connection.vainStreak { streak = 0 }
        task = Task(executorPreference: loop) { await self.serve() }
    }

    private func serve() async {
        guard let host else { return }
        noteHandler()
        do {
            let afterwards = try await host.handler.serve(self)
            finishServing(afterwards)
        } catch {
            finishServing(throwing: error)
        }
    }

    func descriptorReady(_ readiness: Readiness) {
        if readiness.hasHangUp { sawHangUp = true }
        if readiness.hasInput { mayRead = true }
        if readiness.hasOutput { readNeedsOutput = false }
        switch phase {
        case .connecting:
            // Writable or broken: either way it has come to something.
            if readiness.hasOutput {
                phase = .serving
                wakeReader(.ready)
            }
        case .handshaking:
            continueHandshake()
        case .serving:
            transmit()
            if isWorthReading { wakeReader(.ready) }
        case .relaying:
            transmit()
            continueRelay()
            // Not found by a read, once the peer had ended its side.
            if readiness.hasError, failure == nil, let error = socket.connectionError {
                _ = fail(.disconnected(reason: error.reason))
                continueRelay()
            }
        case .resting:
            transmit()
            if isWorthReading, let host { serveAtOnce(host) }
        case .flushing:
            continueFlushing()
        case .lingering:
            continueLingering()
        case .closed:
            break
        }
    }

    func deadlinePassed() {
        switch phase {
        case .handshaking:
            close(.handshakeTimeout)
        case .connecting, .serving:
            hasTimedOut = true
            noteHandler()
            wakeReader(.timedOut)
            wakeWriter(.timedOut)
        case .relaying:
            extras?.relay?.deadlinePassed()
        case .resting:
            hasTimedOut = true
            startServing()
        case .flushing:
            close(reason)
        case .lingering:
            lingerOn()
        case .closed:
            break
        }
    }

    /// Takes a newer router, before anything is chosen.
    func reroute(_ newer: EndpointRouter) {
        if case .undecided = destination { destination = .undecided(newer) }
    }

    /// The server, or the client's host, begins to drain: whoever rests decides whether to go.
    func drain() {
        switch phase {
        case .resting:
            // What has come since epoll was asked last counts: only a try can tell.
            mayRead = true
            startServing()
        case .lingering: awaitBytes()
        default: break
        }
    }

    /// The drain period is over, or an operator wants the client gone.
    func cut(_ reason: CloseReason = .drained) {
        guard !isCut else { return }
        cutState = .underWay
        // Whoever drains has many to cut, and they need no note.
        if reason != .drained { needExtras().cutReason = reason }
        switch phase {
        case .connecting, .serving:
            noteHandler()
            task?.cancel()
            wakeReader(.cancelled)
            wakeWriter(.cancelled)
        case .relaying:
            task?.cancel()
            extras?.relay?.cut()
        case .closed:
            break
        default:
            close(reason)
        }
    }
}
