// Theory of operation. Connections are level-triggered: the load reads exactly one message per
// event and needs no second receive to see EAGAIN. The client closes first, so TIME_WAIT stays on
// its side, and every connection comes from its own address of 127.64.0.0/16: ports never run out.
#include "process.h"

#include "connection.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };

static unsigned char message[BUFFER];  // what is sent: zeroes, libssl and the kernel do not care
static unsigned char scratch[BUFFER];
static char failure[200];
static unsigned serial;

static enum news fail(struct connection *connection, const char *what) {
    unsigned long code = ERR_get_error();
    char reason[120] = "";
    if (code != 0) ERR_error_string_n(code, reason, sizeof reason);
    else if (errno != 0) snprintf(reason, sizeof reason, "%s", strerror(errno));
    snprintf(failure, sizeof failure, "%s%s%s", what, reason[0] ? ": " : "", reason);
    connection_drop(connection);
    return FAILED;
}

const char *connection_failure(void) {
    return failure;
}

bool connection_resumed(const struct connection *connection) {
    return connection->ssl != NULL && SSL_session_reused(connection->ssl);
}

static bool watch(struct connection *connection, const struct target *target, uint32_t events,
                  int verb) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    return epoll_ctl(target->poller, verb, connection->fd, &event) == 0;
}

void connection_drop(struct connection *connection) {
    if (connection->ssl != NULL) SSL_free(connection->ssl);
    if (connection->fd >= 0) close(connection->fd);
    ERR_clear_error();
    connection->ssl = NULL;
    connection->fd = -1;
    connection->step = CLOSED;
}

// A socket bound to the next address; its port is chosen at connect(2), per pair of addresses.
static int next_socket(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    unsigned number = serial++ % (250 * 250);
    struct sockaddr_in source = {.sin_family = AF_INET};
    source.sin_addr.s_addr = htonl((127u << 24) | (64u << 16) | ((number / 250) << 8)
                                   | (number % 250 + 1));
    int yes = 1;
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes) != 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0
        || bind(fd, (struct sockaddr *)&source, sizeof source) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

// Continues the handshake as far as it goes.
static enum news secure(struct connection *connection) {
    connection->step = SECURING;
    int result = SSL_connect(connection->ssl);
    if (result != 1) {
        if (SSL_get_error(connection->ssl, result) == SSL_ERROR_WANT_READ) return NONE;
        return fail(connection, "handshake");
    }
    if (connection->offered && !connection_resumed(connection))
        return errno = 0, fail(connection, "the ticket was not accepted");
    connection->step = WAITING;
    return ESTABLISHED;
}

// The server name of the next connection.
static const char *next_name(const struct target *target) {
    static long left;
    static char name[64];
    if (target->names == 0) return "bench.test";
    if (left == 0) left = target->names;
    snprintf(name, sizeof name, "h%ld.bench.test", --left);
    return name;
}

static enum news established(struct connection *connection, const struct target *target) {
    if (target->context == NULL) {
        connection->step = WAITING;
        return ESTABLISHED;
    }
    connection->ssl = SSL_new(target->context);
    if (connection->ssl == NULL || SSL_set_fd(connection->ssl, connection->fd) != 1
        || SSL_set_tlsext_host_name(connection->ssl, next_name(target)) != 1)
        return fail(connection, "SSL_new");
    SSL_set_app_data(connection->ssl, connection);
    connection->offered = target->resuming && connection->ticket != NULL;
    if (connection->offered && SSL_set_session(connection->ssl, connection->ticket) != 1)
        return fail(connection, "SSL_set_session");
    return secure(connection);
}

enum news connection_open(struct connection *connection, const struct target *target) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)target->port)};
    inet_pton(AF_INET, target->address, &name.sin_addr);
    connection->received = 0;
    connection->exchange = target->exchange;
    connection->fd = next_socket();
    if (connection->fd < 0) return fail(connection, "socket");
    if (connect(connection->fd, (struct sockaddr *)&name, sizeof name) == 0) {
        if (!watch(connection, target, EPOLLIN, EPOLL_CTL_ADD)) return fail(connection, "epoll");
        return established(connection, target);
    }
    if (errno != EINPROGRESS) return fail(connection, "connect");
    connection->step = CONNECTING;
    if (!watch(connection, target, EPOLLOUT, EPOLL_CTL_ADD)) return fail(connection, "epoll");
    return NONE;
}

static enum news finish_connect(struct connection *connection, const struct target *target) {
    socklen_t size = sizeof errno;
    if (getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &errno, &size) != 0 || errno != 0)
        return fail(connection, "connect");
    if (!watch(connection, target, EPOLLIN, EPOLL_CTL_MOD)) return fail(connection, "epoll");
    return established(connection, target);
}

enum news connection_send(struct connection *connection, const struct target *target) {
    connection->step = EXCHANGING;
    connection->received = connection->expected = 0;
    bool asks = target->request != NULL;
    if (connection->exchange == ONE_LINE || (connection->exchange == DOWNLOAD && !asks)) return NONE;
    const void *bytes = asks ? (const void *)target->request : message;
    size_t size = asks ? strlen(target->request) : target->size, sent = 0;
    // A message is at most BUFFER and the one before is answered: the socket has room for it.
    if (connection->ssl != NULL) {
        if (SSL_write_ex(connection->ssl, bytes, size, &sent) != 1) sent = 0;
    } else {
        ssize_t count = send(connection->fd, bytes, size, MSG_NOSIGNAL);
        if (count > 0) sent = (size_t)count;
    }
    return sent == size ? NONE : fail(connection, "send");
}

// Reads once. -1: nothing now; 0: the server ended well; -2: it did not.
static ssize_t read_some(struct connection *connection) {
    if (connection->ssl == NULL) {
        ssize_t count = recv(connection->fd, scratch, sizeof scratch, 0);
        if (count >= 0) return count;
        return errno == EAGAIN || errno == EINTR ? -1 : -2;
    }
    size_t count = 0;
    int result = SSL_read_ex(connection->ssl, scratch, sizeof scratch, &count);
    if (result == 1) return (ssize_t)count;
    switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ: return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: return -2;
    }
}

// Finds how long an answer is in its first bytes, which hold its whole head; 0: they do not.
static size_t answer_length(size_t count) {
    const unsigned char *end = memmem(scratch, count, "\r\n\r\n", 4);
    const unsigned char *length = memmem(scratch, count, "Content-Length: ", 16);
    if (length == NULL) length = memmem(scratch, count, "content-length: ", 16);
    if (end == NULL || length == NULL || length > end) return 0;
    if (memcmp(scratch, "HTTP/1.1 200", 12) != 0 && memcmp(scratch, "HTTP/1.1 301", 12) != 0) return 0;
    return (size_t)(end + 4 - scratch) + strtoull((const char *)length + 16, NULL, 10);
}

static bool ends_with_connection(const struct connection *connection) {
    return connection->exchange == ONE_LINE || connection->exchange == ONE_REQUEST;
}

// What arrived of an answer of HTTP.
static enum news answered(struct connection *connection, size_t count) {
    if (connection->expected == 0) {
        connection->expected = answer_length(count);
        if (connection->expected == 0)
            return errno = 0, fail(connection, "the answer is not 200 or 301 with a length");
    }
    if (connection->received > connection->expected)
        return errno = 0, fail(connection, "more came than the answer has");
    return connection->received == connection->expected ? ECHOED : NONE;
}

static enum news exchange(struct connection *connection, const struct target *target) {
    do {
        ssize_t count = read_some(connection);
        if (count == -1) return NONE;
        if (count == -2) return fail(connection, "read");
        if (count == 0) {
            if (ends_with_connection(connection) && connection->received > 0) return ECHOED;
            return errno = 0, fail(connection, "the server closed too early");
        }
        connection->received += (size_t)count;
        if (ends_with_connection(connection)) continue;
        if (connection->exchange == REQUESTS) {
            enum news news = answered(connection, (size_t)count);
            if (news != NONE) return news;
            continue;
        }
        if (connection->exchange == DOWNLOAD) {
            if (connection->received < target->size) continue;
            // Nobody waits for the end of a server that may never come to one.
            connection_drop(connection);
            return ENDED;
        }
        if (connection->received > target->size)
            return errno = 0, fail(connection, "more came back than was sent");
        if (connection->received == target->size) return ECHOED;
    } while (connection->ssl != NULL && SSL_has_pending(connection->ssl));
    return NONE;
}

enum news connection_hold(struct connection *connection, const struct target *target) {
    connection->step = WAITING;
    return watch(connection, target, EPOLLRDHUP, EPOLL_CTL_MOD) ? NONE
                                                                : fail(connection, "epoll");
}

enum news connection_close(struct connection *connection) {
    connection->step = CLOSING;
    if (connection->ssl != NULL && SSL_shutdown(connection->ssl) < 0)
        return fail(connection, "close_notify");
    // A server that closed first may have reset by now: it owes us nothing after its close_notify.
    if (shutdown(connection->fd, SHUT_WR) != 0 && errno != ENOTCONN)
        return fail(connection, "shutdown");
    return NONE;
}

// Reads to the end: what counts is that the server said close_notify, and that it closed.
static enum news await_end(struct connection *connection) {
    while (connection->ssl != NULL
           && !(SSL_get_shutdown(connection->ssl) & SSL_RECEIVED_SHUTDOWN)) {
        ssize_t count = read_some(connection);
        if (count == -1) return NONE;
        // nginx leaves it out for a client that goes first, before it has asked for anything or
        // between two requests.
        if (count == -2 && (connection->exchange == NOTHING || connection->exchange == REQUESTS))
            break;
        if (count == -2) return fail(connection, "the server closed without close_notify");
    }
    ssize_t count = recv(connection->fd, scratch, sizeof scratch, 0);
    if (count < 0 && errno == EAGAIN) return NONE;
    if (count < 0 && !(ends_with_connection(connection) && errno == ECONNRESET))
        return fail(connection, "the server reset");
    if (count > 0) return errno = 0, fail(connection, "bytes after the end");
    connection_drop(connection);
    return ENDED;
}

enum news connection_continue(struct connection *connection, const struct target *target) {
    switch (connection->step) {
    case CONNECTING: return finish_connect(connection, target);
    case SECURING: return secure(connection);
    case EXCHANGING: return exchange(connection, target);
    case CLOSING: return await_end(connection);
    case WAITING: return errno = 0, fail(connection, "the server spoke or closed unasked");
    case CLOSED: break;
    }
    return NONE;
}

// libssl calls this for every ticket; returning 1 keeps it.
static int keep_ticket(SSL *ssl, SSL_SESSION *session) {
    struct connection *connection = SSL_get_app_data(ssl);
    if (connection->ticket != NULL) SSL_SESSION_free(connection->ticket);
    connection->ticket = session;
    return 1;
}

SSL_CTX *connection_context(int version) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    errno = 0;
    if (context == NULL || SSL_CTX_set_min_proto_version(context, version) != 1
        || SSL_CTX_set_max_proto_version(context, version) != 1)
        die("libssl does not start");
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_ticket);
    return context;
}
