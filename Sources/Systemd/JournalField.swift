/// The names of the fields that icshostd gives its journal records.
///
/// Those above the blank line are documented in systemd.journal-fields(7), those below are ours.
package enum JournalField: String, CaseIterable, Sendable {
    case priority = "PRIORITY"
    case messageID = "MESSAGE_ID"
    case message = "MESSAGE"
    case errno = "ERRNO"
    case syslogIdentifier = "SYSLOG_IDENTIFIER"

    case hostTag = "HOST_TAG"
    case clientAddress = "CLIENT_ADDRESS"
    case clientPort = "CLIENT_PORT"
    case clientVia = "CLIENT_VIA"
    case clientProcess = "CLIENT_PID"
    case clientUser = "CLIENT_UID"
    case listener = "LISTENER"
    case serverName = "SERVER_NAME"
    case tlsVersion = "TLS_VERSION"
    case tlsGroup = "TLS_GROUP"
    case handler = "HANDLER"
    case connectionID = "CONNECTION_ID"
    case closeReason = "CLOSE_REASON"
    case bytesIn = "BYTES_IN"
    case bytesOut = "BYTES_OUT"
    case durationMicroseconds = "DURATION_USEC"
    case eventCount = "EVENT_COUNT"
    case clientNetwork = "CLIENT_NETWORK"
    case loop = "LOOP"
    case limit = "LIMIT"
    case limitPlace = "LIMIT_PLACE"
}
