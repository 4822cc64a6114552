internal import EventLoops
internal import HandlerAPI
internal import NetworkTypes
internal import Platform

/// From the accept to the handler, and from each rest to the handler again.
extension Connection {
    /// Takes a socket that was accepted.
    convenience init(
        socket: consuming StreamSocket, peer: SocketAddress, router: EndpointRouter,
        number: UInt64, worker: Worker
    ) {
        let listener = router.listener
        self.init(
            socket: socket, peer: peer, listener: listener, destination: .undecided(router),
            role: listener.isTLS ? .tlsClient : .plainClient, number: number, worker: worker)
    }

    /// Joins the loop, on its thread.
    ///
    /// - Parameters:
    ///   - answer: whether there is room for it (`MaxClients`).
    ///   - host: ``expectedHost``, with which it was counted.
    ///   - isProxy: whether it has yet to say whose connection it is.
    func begin(_ answer: Admission.Answer, _ host: Host?, isProxy: Bool = false) {
        if answer == .welcome { takePlace(host == nil ? .undecided : .admitted) }
        source = loop.add(self)
        worker.events.observe { $0.accepted(currentInfo()) }
        do {
            try loop.watch(socket.number, for: source, .input)
        } catch {
            return close(.systemError, detail: error.description)
        }
        if isProxy, answer == .welcome { return beginIdentifying() }
        follow(answer, host)
    }

    /// Begins to serve the client, or refuses it.
    func follow(_ answer: Admission.Answer, _ host: Host?) {
        switch answer {
        case .welcome: serveFirst(host)
        case .full: refuse(.tooManyClients)
        case .shared: refuse(.hostTooBusy)
        case .unwanted: refuse(.notAdmitted)
        case .denied(let refusal): refuse(refusal.reason, by: refusal)
        }
    }

    /// Sends the banner and starts the handler.
    func start(for host: Host) {
        guard isAdmitted(to: host) else { return closeGracefully(.hostTooBusy) }
        destination = .host(host)
        hostNumber = host.number
        // A reload may have retired the host in the meantime.
        guard host.account.clientCame() else { return close(.drained) }
        // A drain has already woken the clients at rest.
        let (hasTask, isDue) = (!host.startsAtRest || isDraining, has(.readable))
        worker.events.observe {
            $0.connected(currentInfo(entering: hasTask || isDue ? .serving : .resting))
        }
        if host.sendsBanner {
            let banner = worker.options.banner
            send(banner.span)
        }
        if let time = host.firstByteTimeout { loop.setDeadline(source, after: time) }
        if hasTask {
            serveAgain()
        } else if isDue {
            serveAtOnce(host)
        } else {
            enter(.resting)
        }
        sendMail()
    }

    /// Whether there is room for a client that has found its host.
    private func isAdmitted(to host: Host) -> Bool {
        guard place == .undecided else { return true }
        takePlace(.admitted)
        return worker.mayStay(with: host.account)
    }

    /// Serves a client for whom something has arrived: without a task, if the handler can.
    func serveAtOnce(_ host: Host) {
        enter(.serving)
        noteHandler()
        // The loop has waited for this client.
        beginTurn()
        do {
            switch try handler(of: host).serveAtOnce(Client(self)) {
            case .done(let afterwards):
                handlerReturned(afterwards)
            case .goOn(let remainder):
                needExtras().remainder = remainder
                task = Task(executorPreference: loop) { await self.runRemainder() }
            case nil:
                startTask()
            }
        } catch {
            handlerThrew(error)
        }
    }

    /// Who serves the client.
    private func handler(of host: Host) -> any Handler {
        guard let extras, let delegate = extras.delegate else { return host.handler }
        return delegate
    }

    /// Has another handler serve the client from now on, which begins as it would with a new client.
    func delegate(to handler: any Handler) {
        needExtras().delegate = handler
        guard type(of: handler).startsAtRest, !isDraining else { return restOrServe(isDue: true) }
        if let time = handler.firstByteTimeout { loop.setDeadline(source, after: time) }
        restOrServe(isDue: isWorthReading || holdsFreshInput || has(.inputEnded))
    }

    /// Runs the handler again.
    func serveAgain() {
        enter(.serving)
        startTask()
    }

    private func startTask() {
        if !has(.waitedInVain) { beginTurn() }
        guard extras?.delegate == nil else { return startDelegate() }
        // Written out here: each frame below a waiting handler is memory of every such client.
        task = Task(executorPreference: loop) {
            guard let host = self.host else { return }
            self.noteHandler()
            do {
                self.handlerReturned(try await host.handler.serve(Client(self)))
            } catch {
                self.handlerThrew(error)
            }
        }
    }

    private func startDelegate() {
        task = Task(executorPreference: loop) {
            guard let delegate = self.extras?.delegate else { return }
            self.noteHandler()
            do {
                self.handlerReturned(try await delegate.serve(Client(self)))
            } catch {
                self.handlerThrew(error)
            }
        }
    }

    /// Runs what ``Handler/serveAtOnce(_:)`` could not do at once.
    private func runRemainder() async {
        guard let remainder = extras?.remainder else { return }
        extras?.remainder = nil
        do {
            handlerReturned(try await remainder(Client(self)))
        } catch {
            handlerThrew(error)
        }
    }

    /// Takes a newer router, as long as no host is chosen.
    func reroute(_ newer: EndpointRouter) {
        if case .undecided = destination { destination = .undecided(newer) }
    }
}
