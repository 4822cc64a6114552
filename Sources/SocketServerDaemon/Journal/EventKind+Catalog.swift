internal import Serving

extension EventKind {
    /// Its entry in the journal catalog.
    var catalogEntry: EventCatalog.Entry {
        switch self {
        case .clientClosed, .clientRefused, .handshakeFailed, .handlerFailed, .handlerRecord,
            .clientsDisconnected:
            clientEntry
        case .hostRecord, .hostUp, .hostDown, .hostDegraded, .hostOutdated, .hostRemoved:
            hostEntry
        case .certificateMade, .certificateWarning, .certificateReplaced, .certificateRefused,
            .trustReplaced, .trustRefused:
            certificateEntry
        case .listenerOpened, .listenerClosed, .listenerPaused, .listenerResumed:
            listenerEntry
        case .starting, .stopping, .stopped, .reloaded, .reloadFailed, .configuration,
            .fileLimit, .controlFailed, .controlReturned, .logsReopened, .eventsDropped,
            .loopSilent,
            .loopAnswered:
            serviceEntry
        case .addressListReplaced: .addressListReplaced
        case .addressListRefused: .addressListRefused
        }
    }

    private var clientEntry: EventCatalog.Entry {
        switch self {
        case .clientClosed:
            .init(
                "9987186581794e6c910c4a3ed54f16e9", "A client of @HOST_TAG@ disconnected",
                cause: """
                    CLOSE_REASON has the cause. served and peer-closed are normal and logged only \
                    with LogLevel=debug. disconnected: the connection was reset or lost. timeout: \
                    the client was idle for too long. handler-error: see the record of the \
                    handler. aborted: its program was killed, or the file that it received became \
                    shorter. drained: a shutdown or reload disconnected it after DrainTimeout. \
                    operator: @SYSLOG_IDENTIFIER@ disconnect.
                    """,
                remedy: """
                    Nothing, unless there are many: journalctl -u @SYSLOG_IDENTIFIER@ \
                    HOST_TAG=@HOST_TAG@ CLOSE_REASON=@CLOSE_REASON@ lists them. Many drained \
                    clients need a longer DrainTimeout.
                    """)
        case .clientRefused:
            .init(
                "f21582cd9d674fe2bad0b37a10d3f4ea", "A client was refused",
                cause: """
                    CLOSE_REASON has the cause. too-many-clients: MaxClients are connected. \
                    host-too-busy: nine tenths of MaxClients are connected, and the host has more \
                    than its share. host-down: the host of the client is down. unrecognized-name: \
                    no host of the port has the server name that the client requested, \
                    SERVER_NAME. address-denied: AllowFrom or DenyFrom, which LIMIT names, refuses \
                    its address; LIMIT_PLACE has the line. untrusted-proxy: TrustedProxies \
                    does not have the peer. proxy-header: a trusted proxy sent no valid header.
                    """,
                remedy: """
                    too-many-clients, host-too-busy: @SYSLOG_IDENTIFIER@ clients --sort age shows \
                    the oldest clients; raise MaxClients and LimitNOFILE= of the unit. host-down: \
                    @SYSLOG_IDENTIFIER@ status shows the reason. unrecognized-name: add the name \
                    to Hosts= of a host, or * for any name. address-denied: nothing, unless the \
                    client should be admitted: add its address to AllowFrom, or remove the network \
                    at LIMIT_PLACE. untrusted-proxy: add load balancers to TrustedProxies=. \
                    proxy-header: turn it on there (nginx: proxy_protocol; haproxy: send-proxy).
                    """)
        case .handshakeFailed:
            .init(
                "8e261c601cab40619441768aa611d590", "A TLS handshake failed",
                cause: """
                    CLOSE_REASON has the cause. handshake-timeout: the client did not finish \
                    within HandshakeTimeout, or sent nothing: a port scan, a health check that \
                    only connects, or a client that expects the server to speak first. \
                    handshake-failed: the client does not speak TLS (the message shows what it \
                    sent: plain HTTP, a PROXY header), requests an invalid server name, does not \
                    trust the certificate, or has no protocol version or cipher in common with \
                    SslSecLevel. The message includes the error of OpenSSL.
                    """,
                remedy: """
                    Reproduce it: openssl s_client -connect ADDRESS:PORT -servername NAME. Old \
                    clients need a lower SslSecLevel. "unknown ca" means that SslInter needs the \
                    complete chain. Plain HTTP needs an address with https://, or the port of \
                    BindNonPort.
                    """)
        case .handlerFailed:
            .init(
                "bb82a32de2fc44f390467d27812e68c5", "Handler @HANDLER@ failed",
                cause: """
                    The handler of host @HOST_TAG@ threw an error while it served a client. The \
                    client was disconnected; other clients are not affected.
                    """,
                remedy: """
                    See the message. If every client causes the error, the host is misconfigured \
                    or the handler has a bug.
                    """)
        case .handlerRecord:
            .init(
                "9c6a845c1dfe452486929148096c9cf0", "Message of handler @HANDLER@",
                cause: "The handler of host @HOST_TAG@ logged this about one of its clients.",
                remedy: "See the documentation of the handler. LogLevel suppresses such records.")
        default:
            .init(
                "02ea589f22f244779799d339594f2de6", "An operator disconnected clients",
                cause: """
                    A user with access to the control socket ran @SYSLOG_IDENTIFIER@ disconnect.
                    """,
                remedy: "Nothing. Each client has a record of its own with CLOSE_REASON=operator.")
        }
    }

    private var hostEntry: EventCatalog.Entry {
        switch self {
        case .hostRecord:
            .init(
                "efcb17684edf49a7a31845ac06d9909f", "Message of a handler about @HOST_TAG@",
                cause: """
                    The handler of the host logged this about the host as a whole, such as a \
                    target of a proxy that goes down or comes up.
                    """,
                remedy: "See the documentation of the handler. LogLevel suppresses such records.")
        case .hostUp:
            .init(
                "1c61b61739b64b2b81af2132b82f2694", "Host @HOST_TAG@ is up",
                cause: "Its certificate, handler and listeners are ready, and it serves clients.",
                remedy: "Nothing. @SYSLOG_IDENTIFIER@ status shows the host with its clients.")
        case .hostDown:
            .init(
                "6175b850f139476d8552be0e56e558ae", "Host @HOST_TAG@ is down",
                cause: """
                    Something that this host needs is missing: a certificate or key that cannot be \
                    read, an address that this machine does not have, a port that another program \
                    uses, or its handler. The message has the reason and the place in the \
                    configuration. The other hosts are not affected.
                    """,
                remedy: """
                    Fix the cause. The daemon retries the host by itself; @SYSLOG_IDENTIFIER@ \
                    reload retries at once. @SYSLOG_IDENTIFIER@ check has details, such as the \
                    process that uses a port.
                    """)
        case .hostDegraded:
            .init(
                "ec18511a45ae484d8ee6d291dbfacfb1", "Host @HOST_TAG@ is degraded",
                cause: """
                    The host serves clients, but something that it needs failed. The message has \
                    the call, the path and the reason, ERRNO the error number. Some clients may \
                    have received an error.
                    """,
                remedy: """
                    Fix the cause that the message names. @SYSLOG_IDENTIFIER@ status shows the \
                    host as degraded until a minute after the last failure.
                    """)
        case .hostOutdated:
            .init(
                "dc0c0c0454db4e369d9727ad4d77d0c3", "Host @HOST_TAG@ keeps its previous settings",
                cause: """
                    A reload changed the host, but it cannot start with its new settings, for the \
                    reason in the message. It keeps running with its previous ones.
                    """,
                remedy: """
                    Fix the cause. The daemon retries the new settings by itself; \
                    @SYSLOG_IDENTIFIER@ reload retries at once.
                    """)
        default:
            .init(
                "81903c88ed0d413494eb0c1a9fcedc25", "Host @HOST_TAG@ was removed",
                cause: """
                    After a reload, the configuration does not contain the host any more, or \
                    disables it.
                    """,
                remedy: """
                    Nothing, if this was intended. The clients of the host may finish within \
                    DrainTimeout.
                    """)
        }
    }

    private var certificateEntry: EventCatalog.Entry {
        switch self {
        case .certificateWarning:
            .init(
                "ace274ac53134164acd2eaa72816cbfc", "The certificate of @HOST_TAG@ has a problem",
                cause: """
                    The certificate is in use, but some clients refuse it, or all will soon: it \
                    expires within days, its chain is incomplete, or it does not cover all names \
                    in Hosts=. The message has the details.
                    """,
                remedy: """
                    Renew the certificate, or complete SslInter; @SYSLOG_IDENTIFIER@ check reports \
                    the same problems. The daemon loads a new file by itself.
                    """)
        case .certificateReplaced:
            .init(
                "5972148acb6d4b51b0c2e96634063861", "A new certificate for @HOST_TAG@",
                cause: "The certificate files changed, and new clients get the new certificate.",
                remedy: "Nothing. Connected clients are not affected.")
        case .certificateRefused:
            .init(
                "a2f89e521bf84a72961590ace44ca767",
                "The new certificate of @HOST_TAG@ cannot be used",
                cause: """
                    The certificate files changed, but cannot be used, for the reason in the \
                    message. The previous certificate stays in use until it expires.
                    """,
                remedy: """
                    Correct the files. The daemon checks them when they change; \
                    @SYSLOG_IDENTIFIER@ check checks them now.
                    """)
        case .trustReplaced:
            .init(
                "9071b087b9754447aebc8f5b667d48af", "New client authorities for @HOST_TAG@",
                cause: """
                    The files of CliCertCA or CliCertCRL changed, and new clients are verified \
                    against them.
                    """,
                remedy:
                    "Nothing. Connected clients are not affected, but cannot resume their sessions."
            )
        case .trustRefused:
            .init(
                "9046dd8cf03747fdaec5c3e622a659a7",
                "The new client authorities of @HOST_TAG@ cannot be used",
                cause: """
                    A file of CliCertCA or CliCertCRL changed, but cannot be used, for the reason \
                    in the message. The previous authorities and revocation lists stay in use.
                    """,
                remedy: """
                    Correct the files. The daemon checks them when they change; \
                    @SYSLOG_IDENTIFIER@ check checks them now.
                    """)
        default:
            .init(
                "22a21ebea0114d2bb41ef5c5d5b8a901", "A self-signed certificate for @HOST_TAG@",
                cause: """
                    The host has an SSL port, but SslCert is not set or names a file that does not \
                    exist. The daemon created a self-signed certificate in its state directory. \
                    Clients warn about it.
                    """,
                remedy: "Get a certificate from an authority, and set SslCert and SslKey.")
        }
    }

    private var listenerEntry: EventCatalog.Entry {
        switch self {
        case .listenerOpened:
            .init(
                "57a82339e1034bd0bf5d051c44745031", "@LISTENER@ is open",
                cause: "The daemon accepts clients at this address.",
                remedy: "Nothing.")
        case .listenerClosed:
            .init(
                "46b5a55c1260468a842360ef7c87fae3", "@LISTENER@ is closed",
                cause: "No host that is up uses this address any more.",
                remedy: "Nothing, if this was intended. Otherwise see the records of its hosts.")
        case .listenerPaused:
            .init(
                "aecc46cbfb874aebbf07394730250b3f", "@LISTENER@ has no descriptors for new clients",
                cause: """
                    The process or the machine has no file descriptors or memory left for another \
                    client. Connected clients are served; new ones wait in the queue of the \
                    kernel.
                    """,
                remedy: """
                    Raise LimitNOFILE= of the unit (systemctl edit @SYSLOG_IDENTIFIER@), or set \
                    MaxClients to a lower value, so that clients are refused instead. \
                    @SYSLOG_IDENTIFIER@ clients --sort age shows the oldest clients.
                    """)
        default:
            .init(
                "1cc28b2d0d9946908ae5d66851ec6a40", "@LISTENER@ accepts clients again",
                cause:
                    "File descriptors are available again, and the queue of the kernel is empty.",
                remedy: "See the earlier record of the pause.")
        }
    }

    private var serviceEntry: EventCatalog.Entry {
        switch self {
        case .logsReopened:
            .init(
                "0fdf00758c9c49b3b2b68b5826340241", "The access logs were reopened",
                cause: """
                    The daemon received SIGUSR1, as logrotate sends it after it has renamed the \
                    files.
                    """,
                remedy: "Nothing.")
        case .starting:
            .init(
                "9b8a1ba51f3b4375b3d04197bd30d906", "@SYSLOG_IDENTIFIER@ is starting",
                cause: "The daemon has read the configuration that the message names.",
                remedy: "Nothing.")
        case .stopping:
            .init(
                "f755b384ba124eb8af3d48b52b6f3758", "@SYSLOG_IDENTIFIER@ is shutting down",
                cause: """
                    The daemon received a signal. It accepts no more clients and waits up to \
                    DrainTimeout for the connected ones. A second signal disconnects them at once.
                    """,
                remedy: """
                    Nothing. A restart keeps the listening sockets and the clients in their \
                    queues.
                    """)
        case .stopped:
            .init(
                "91c59d37c6e847429f4d1b38c1f72092", "@SYSLOG_IDENTIFIER@ exited",
                cause: """
                    "stopped" is a regular shutdown. "not started" follows records with the \
                    reason: mistakes in the configuration, no host that could start, or \
                    OnHostError=fail.
                    """,
                remedy: """
                    If the daemon did not start, @SYSLOG_IDENTIFIER@ check prints all mistakes \
                    with their lines.
                    """)
        case .reloaded:
            .init(
                "0b4ccc015fe448f983da2f6d4145750b", "The configuration was reloaded",
                cause: """
                    The daemon read the file again and applied the changes. Clients of unchanged \
                    hosts are not affected; those of changed hosts may finish within DrainTimeout.
                    """,
                remedy: "Nothing. @SYSLOG_IDENTIFIER@ status shows the number of reloads.")
        case .reloadFailed:
            .init(
                "0a848d7a67364874b84b5402f101b0eb", "The reload failed",
                cause: """
                    The file has a mistake, or a host cannot start and OnHostError is fail. The \
                    daemon keeps running with its previous configuration.
                    """,
                remedy: """
                    Correct what the preceding records name, run @SYSLOG_IDENTIFIER@ check, and \
                    reload again. @SYSLOG_IDENTIFIER@ plan shows what a reload would change.
                    """)
        case .configuration:
            .init(
                "f3020e31c26b4b3f9e298420dbd3b802", "A message about the configuration",
                cause: """
                    The message has the file, the line and the column. An error makes the daemon \
                    refuse the file, a warning marks a probable mistake, and a note is for \
                    information.
                    """,
                remedy: """
                    @SYSLOG_IDENTIFIER@.conf(5) describes all keys; @SYSLOG_IDENTIFIER@ check checks \
                    the file.
                    """)
        case .fileLimit:
            .init(
                "eb410131f73f4515a250436a1c47f8f6", "The limit on open files",
                cause: "Each client needs a file descriptor, and so do listeners and files.",
                remedy: "After a warning, raise LimitNOFILE= of the unit, or lower MaxClients.")
        case .controlFailed:
            .init(
                "89a4e7e2cdcc4e0d87f6f2b2c1b6639f", "The control socket is missing",
                cause: """
                    The socket could not be opened or was removed: its directory is missing or not \
                    writable, or another daemon uses it. Clients are served, but \
                    @SYSLOG_IDENTIFIER@ status, clients, disconnect and reload cannot reach the \
                    daemon.
                    """,
                remedy: """
                    The shipped unit creates /run/@SYSLOG_IDENTIFIER@ (RuntimeDirectory=). If it \
                    was removed: install -d -o @SYSLOG_IDENTIFIER@ -g @SYSLOG_IDENTIFIER@ \
                    /run/@SYSLOG_IDENTIFIER@. The daemon creates the socket within a second. A \
                    second daemon needs its own ControlSocket, and a restart.
                    """)
        case .controlReturned:
            .init(
                "4f753d46cabb4bcc8bce353a68294022", "The control socket is available again",
                cause: """
                    Its directory or its file had been removed, and the daemon could create the \
                    socket again.
                    """,
                remedy: "Find out which program removes files in /run.")
        case .loopSilent:
            .init(
                "e9bc9abbb08c4c999bc68df1559cdd90", "Loop @LOOP@ makes no progress",
                cause: """
                    A thread that serves clients has been blocked for seconds, and its clients \
                    wait. Handlers must not block; the message names the one that ran last. After \
                    WatchdogSec= of the unit, systemd kills and restarts the daemon.
                    """,
                remedy: """
                    In a handler of your own, await slow operations, or move them off the loop. \
                    The core dump shows where it blocked: coredumpctl debug @SYSLOG_IDENTIFIER@.
                    """)
        case .loopAnswered:
            .init(
                "f0dde10df0d74d04a0cd0de1b088d654", "Loop @LOOP@ makes progress again",
                cause: "The operation that blocked the loop has finished.",
                remedy: "See the earlier record of the blocked loop.")
        default:
            .init(
                "5bb98473546e4766bf4b3cdc326dadc3", "Records are missing",
                cause: """
                    The journal did not accept records as fast as the daemon created them. The \
                    daemon does not delay clients for its log: it dropped and counted the records.
                    """,
                remedy:
                    "Check systemd-journald. If there are too many records, set LogLevel=notice.")
        }
    }
}
