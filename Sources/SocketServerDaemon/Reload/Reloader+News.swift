internal import Configuration
internal import HandlerAPI
internal import NetworkTypes
internal import Platform
internal import Serving
internal import SocketServer

/// What the journal and systemd are told of a change.
extension Reloader: StateObserver {
    func willServe(_ change: StateChange) {
        for host in change.recovered {
            journal.post(
                ServerEvent(
                    .certificateReplaced, .notice, hostTag: host.tag,
                    detail: "its SSL clients are served again"))
        }
        let news = StateNews(from: change.old, to: change.new, journal: journal)
        self.news = news
        // Before the listeners and hosts that change: the queue is bounded, and these must not be lost.
        news.logOutdated()
        news.logTroubles()
        news.logDegraded(change.degraded)
    }

    func serves(
        _ change: StateChange, stubborn: [(endpoint: OpenedEndpoint, error: SystemError)]
    ) {
        updateStatusLine()
        updateIdleSockets()
        ListenerStore(notifier: notifier, inherited: inherited)
            .update(from: change.old, to: change.new)
        forgetUnwantedListeners(of: change.new.plan)
        news?.log(stubborn: stubborn)
    }

    func allLoopsServe(_ change: StateChange) {
        news?.logChanges()
        news = nil
    }
}
