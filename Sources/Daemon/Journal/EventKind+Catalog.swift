internal import Serving

extension EventKind {
    /// What the catalog says of it.
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
        }
    }

    private var clientEntry: EventCatalog.Entry {
        switch self {
        case .clientClosed:
            .init(
                "9987186581794e6c910c4a3ed54f16e9", "A client of @HOST_TAG@ ended",
                cause: """
                    CLOSE_REASON says why: served and peer-closed are good ends, logged only with \
                    LogLevel=debug. disconnected: the connection broke. timeout: the handler's \
                    deadline passed. handler-error: see the record of the handler. aborted: its program \
                    was killed, or the file that it was sent has shrunk. drained: a stop or \
                    a reload did not wait longer than DrainTimeout. operator: icshostd disconnect.
                    """,
                remedy: """
                    Nothing, unless there are many: journalctl -u icshostd HOST_TAG=@HOST_TAG@ \
                    CLOSE_REASON=@CLOSE_REASON@ lists them. Many drained ones ask for a longer \
                    DrainTimeout.
                    """)
        case .clientRefused:
            .init(
                "f21582cd9d674fe2bad0b37a10d3f4ea", "A client was turned away",
                cause: """
                    CLOSE_REASON says why. too-many-clients: MaxClients are connected already. \
                    host-too-busy: nine tenths of them are, and the host has more than its share. \
                    host-down: the host that the client wants is left out. unrecognized-name: no host of the \
                    port serves the name SERVER_NAME that the client asked for.
                    """,
                remedy: """
                    too-many-clients, host-too-busy: icshostd clients --sort age shows who stays; raise MaxClients \
                    and LimitNOFILE of the unit. host-down: icshostd status says what the host misses. \
                    unrecognized-name: add the name to Hosts= of a host, or * to take any.
                    """)
        case .handshakeFailed:
            .init(
                "8e261c601cab40619441768aa611d590", "A TLS handshake came to nothing",
                cause: """
                    CLOSE_REASON says why. handshake-timeout: the client did not finish within \
                    HandshakeTimeout, or never spoke: a port scan, a health check that only connects, \
                    or a client that expects the server to speak first. handshake-failed: it does not \
                    speak TLS (the message has what came instead: plain HTTP, a PROXY header), asks for \
                    a server name that is no host name, does not trust the certificate, or has no \
                    version or cipher in common with SslSecLevel; the message has the words of OpenSSL.
                    """,
                remedy: """
                    Try it yourself: openssl s_client -connect ADDRESS:PORT -servername NAME. Old \
                    clients need a lower SslSecLevel; "unknown ca" a complete chain in SslInter. Plain \
                    HTTP wants an address with https://, or the port of BindNonPort.
                    """)
        case .handlerFailed:
            .init(
                "bb82a32de2fc44f390467d27812e68c5", "Handler @HANDLER@ met an error",
                cause: """
                    The handler of host @HOST_TAG@ threw an error of its own while it served a \
                    client, whose connection was closed. Other clients are not concerned.
                    """,
                remedy: """
                    The message has the handler's words. If it comes with every client the host is \
                    set up wrongly, or the handler has a fault to be reported.
                    """)
        case .handlerRecord:
            .init(
                "9c6a845c1dfe452486929148096c9cf0", "Handler @HANDLER@ has something to say",
                cause: "The handler of host @HOST_TAG@ logged this about one of its clients.",
                remedy: "The documentation of the handler knows more; LogLevel silences it.")
        default:
            .init(
                "02ea589f22f244779799d339594f2de6", "An operator ended clients",
                cause: "Somebody who may use the control socket called icshostd disconnect.",
                remedy: "Nothing; each client has a record of its own with CLOSE_REASON=operator.")
        }
    }

    private var hostEntry: EventCatalog.Entry {
        switch self {
        case .hostRecord:
            .init(
                "efcb17684edf49a7a31845ac06d9909f", "A handler has something to say of @HOST_TAG@",
                cause: """
                    The handler of the host logged this about the host, not about one of its clients: \
                    a target of a proxy that goes down or comes back, for example.
                    """,
                remedy: "The documentation of the handler knows more; LogLevel silences it.")
        case .hostUp:
            .init(
                "1c61b61739b64b2b81af2132b82f2694", "Host @HOST_TAG@ is up",
                cause: "Its certificate, handler and listeners are ready: it serves.",
                remedy: "Nothing. icshostd status shows it with its clients.")
        case .hostDown:
            .init(
                "6175b850f139476d8552be0e56e558ae", "Host @HOST_TAG@ is left out",
                cause: """
                    Something that only this host needs is missing: a certificate or key that cannot \
                    be read, an address that is not on this machine, a port that somebody else has, or \
                    its handler. The message says which, with the place in the configuration. The \
                    other hosts serve.
                    """,
                remedy: """
                    Mend it; the host is tried again by itself, and icshostd reload tries at once. \
                    icshostd check explains more, such as who has a port.
                    """)
        case .hostDegraded:
            .init(
                "ec18511a45ae484d8ee6d291dbfacfb1", "Host @HOST_TAG@ is degraded",
                cause: """
                    The host serves, but something that it needs failed: the message has the call, \
                    the path and the reason, ERRNO the number. Clients may have been answered with an \
                    error.
                    """,
                remedy: """
                    Mend what the message names. icshostd status shows the host as degraded until a \
                    minute after it has happened last.
                    """)
        case .hostOutdated:
            .init(
                "dc0c0c0454db4e369d9727ad4d77d0c3", "Host @HOST_TAG@ goes on as it was",
                cause: """
                    A reload changed it, but what it is to become is in trouble: the message says \
                    which. The host of before serves on.
                    """,
                remedy: """
                    Mend it; the new one is tried again by itself, and icshostd reload tries at once.
                    """)
        default:
            .init(
                "81903c88ed0d413494eb0c1a9fcedc25", "Host @HOST_TAG@ is gone",
                cause: "A reload found it no more in the configuration, or disabled.",
                remedy: "Nothing, if that was meant. Its clients finish within DrainTimeout.")
        }
    }

    private var certificateEntry: EventCatalog.Entry {
        switch self {
        case .certificateWarning:
            .init(
                "ace274ac53134164acd2eaa72816cbfc", "The certificate of @HOST_TAG@ has a flaw",
                cause: """
                    It works, but some clients will refuse it, or soon all will: it ends within days, \
                    its chain is incomplete, or it does not name every name in Hosts=. The message \
                    says which.
                    """,
                remedy: """
                    Renew it, or add what is missing to SslInter; icshostd check says the same. A new \
                    file is taken up by itself.
                    """)
        case .certificateReplaced:
            .init(
                "5972148acb6d4b51b0c2e96634063861", "A new certificate for @HOST_TAG@",
                cause: "The files of the certificate changed, and the new one is in use.",
                remedy: "Nothing. Clients that are connected keep the old one.")
        case .certificateRefused:
            .init(
                "a2f89e521bf84a72961590ace44ca767", "The new certificate of @HOST_TAG@ is no good",
                cause: """
                    The files of the certificate changed, but cannot be used: the message says why. \
                    The one of before stays in use until it ends.
                    """,
                remedy: """
                    Mend the files; they are looked at again when they change. icshostd check tries \
                    them now.
                    """)
        case .trustReplaced:
            .init(
                "9071b087b9754447aebc8f5b667d48af", "@HOST_TAG@ checks clients anew",
                cause: "The files of CliCertCA or CliCertCRL changed, and are in use.",
                remedy: "Nothing. Clients that are connected stay; none resumes an older session.")
        case .trustRefused:
            .init(
                "9046dd8cf03747fdaec5c3e622a659a7",
                "The new authorities or revocation lists of @HOST_TAG@ are no good",
                cause: """
                    A file of CliCertCA or CliCertCRL changed, but cannot be used: the message says why. \
                    What was read before decides about clients until a file changes again.
                    """,
                remedy: """
                    Mend the files; they are looked at again when they change. icshostd check tries \
                    them now.
                    """)
        default:
            .init(
                "22a21ebea0114d2bb41ef5c5d5b8a901", "A self-signed certificate for @HOST_TAG@",
                cause: """
                    The host has an SSL port and SslCert is not set, or names a file that does not \
                    exist: a certificate was made and kept in the state directory. Clients warn of it.
                    """,
                remedy: "Get one from an authority and name it in SslCert and SslKey.")
        }
    }

    private var listenerEntry: EventCatalog.Entry {
        switch self {
        case .listenerOpened:
            .init(
                "57a82339e1034bd0bf5d051c44745031", "@LISTENER@ is open",
                cause: "The daemon accepts clients at this address.", remedy: "Nothing.")
        case .listenerClosed:
            .init(
                "46b5a55c1260468a842360ef7c87fae3", "@LISTENER@ is closed",
                cause: "No host that is up wants clients at this address any more.",
                remedy: "Nothing, if that was meant; else see what the records of its hosts say.")
        case .listenerPaused:
            .init(
                "aecc46cbfb874aebbf07394730250b3f", "@LISTENER@ waits for descriptors",
                cause: """
                    The process or the machine has no file descriptor or memory left for the next \
                    client. Those that are connected are served; new ones wait in the kernel's queue.
                    """,
                remedy: """
                    Raise LimitNOFILE= of the unit (systemctl edit icshostd), or set MaxClients below \
                    it so that clients are told. icshostd clients --sort age shows who stays.
                    """)
        default:
            .init(
                "1cc28b2d0d9946908ae5d66851ec6a40", "@LISTENER@ accepts again",
                cause: "There are descriptors again, and nobody waits in the kernel's queue.",
                remedy: "See the record of the pause before it.")
        }
    }

    private var serviceEntry: EventCatalog.Entry {
        switch self {
        case .logsReopened:
            .init(
                "0fdf00758c9c49b3b2b68b5826340241", "The access logs were opened anew",
                cause: "SIGUSR1 asked for it, as logrotate does after it has moved the files.",
                remedy: "Nothing.")
        case .starting:
            .init(
                "9b8a1ba51f3b4375b3d04197bd30d906", "icshostd starts",
                cause: "The configuration that the message names has been read.",
                remedy: "Nothing. What follows says what became of it.")
        case .stopping:
            .init(
                "f755b384ba124eb8af3d48b52b6f3758", "icshostd stops",
                cause: """
                    It was told to by a signal. It accepts nobody any more and lets clients finish \
                    for DrainTimeout; a second signal ends them at once.
                    """,
                remedy: "Nothing. A restart keeps the listening sockets, and who waits in them.")
        case .stopped:
            .init(
                "91c59d37c6e847429f4d1b38c1f72092", "icshostd has ended, or did not start",
                cause: """
                    "stopped" is the good end. "not started" follows records that say why: mistakes \
                    of the configuration, no host that could come up, or OnHostError=fail.
                    """,
                remedy: "Not started: icshostd check prints every mistake with its line.")
        case .reloaded:
            .init(
                "0b4ccc015fe448f983da2f6d4145750b", "The configuration was reloaded",
                cause: """
                    The file was read again and what differed was applied. Clients of unchanged hosts \
                    noticed nothing; those of changed ones finish within DrainTimeout.
                    """,
                remedy: "Nothing. icshostd status shows the generation that runs.")
        case .reloadFailed:
            .init(
                "0a848d7a67364874b84b5402f101b0eb", "The reload failed",
                cause: """
                    The file has a mistake, or a host is in new trouble under OnHostError=fail. \
                    Nothing was changed: the configuration of before runs on.
                    """,
                remedy: """
                    Mend what the records before it name, try with icshostd check, and reload again. \
                    icshostd plan shows what a reload would change.
                    """)
        case .configuration:
            .init(
                "f3020e31c26b4b3f9e298420dbd3b802", "Something about the configuration",
                cause: """
                    The message names file, line and column, and shows the line. An error refuses the \
                    file, a warning is probably not what was meant, a note is for your knowledge.
                    """,
                remedy: "man icshostd.conf has every key; icshostd check tries the file.")
        case .fileLimit:
            .init(
                "eb410131f73f4515a250436a1c47f8f6", "How many files may be open",
                cause: "Each client takes a descriptor, and so do listeners and files.",
                remedy:
                    "A warning asks for more: raise LimitNOFILE= of the unit, or lower MaxClients.")
        case .controlFailed:
            .init(
                "89a4e7e2cdcc4e0d87f6f2b2c1b6639f", "There is no control socket",
                cause: """
                    It could not be opened, or was removed: its directory is missing or not writable, \
                    or another daemon has it. Clients are served, but icshostd status, clients, \
                    disconnect and reload find nobody.
                    """,
                remedy: """
                    The shipped unit makes /run/icshostd (RuntimeDirectory=); when somebody removed it: \
                    install -d -o icshostd -g icshostd /run/icshostd. The socket is made within a second. \
                    A second daemon needs a ControlSocket of its own, and a restart.
                    """)
        case .controlReturned:
            .init(
                "4f753d46cabb4bcc8bce353a68294022", "The control socket is there again",
                cause: "Its directory or its file had been removed, and it could be made anew.",
                remedy: "Nothing; find out who removes files in /run.")
        case .loopSilent:
            .init(
                "e9bc9abbb08c4c999bc68df1559cdd90", "Loop @LOOP@ makes no progress",
                cause: """
                    One thread that serves clients has not come back for seconds, so its clients wait. \
                    Handlers must not block: the message names the one that was at work last. When \
                    WatchdogSec= of the unit is over systemd kills the daemon and starts it anew.
                    """,
                remedy: """
                    A handler of your own: await what takes long, or do it on another thread. The core \
                    dump of the kill shows where it is: coredumpctl debug icshostd.
                    """)
        case .loopAnswered:
            .init(
                "f0dde10df0d74d04a0cd0de1b088d654", "Loop @LOOP@ makes progress again",
                cause: "What blocked it is over.",
                remedy: "See the record of the silence before it.")
        default:
            .init(
                "5bb98473546e4766bf4b3cdc326dadc3", "Records are missing",
                cause: """
                    The journal did not take records as fast as things happened, or did not answer. \
                    Clients never wait for it, so what found no room was dropped and counted.
                    """,
                remedy: """
                    See how systemd-journald is; a flood of records may ask for LogLevel=notice.
                    """)
        }
    }
}
