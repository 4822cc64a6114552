// The limit: as little as a TCP server can do on Linux and still behave like an icshostd host.
//
// Theory of operation. One thread, one epoll. The listener is level-triggered, so a bounded batch
// of accepts may leave some for the next turn; clients are edge-triggered. A receive that comes
// back short has emptied the socket, so no second receive is spent on seeing EAGAIN (epoll(7)):
// what arrives later is a new edge. Only when EPOLLRDHUP was seen is the socket read to its end,
// because that edge does not come twice. TLS goes through one BIO shared by all clients: libssl is
// only ever called for `current`, so the BIO needs no client of its own, and it can see short
// receives, which SSL_set_fd hides.
#include "process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, BACKLOG = 4096, SCRATCH = 64 * 1024, TICKETS = 1 };

enum mode { ECHO, DISCARD, RETURN };

struct client {
    int fd;
    uint32_t watched;     // the events epoll was last told
    bool secured;         // the handshake is over, or there is none
    bool hung_up;         // the peer will send no more than what is queued
    bool drained;         // nothing was left in the socket since the last edge
    bool over;            // nothing more to say once `rest` is sent
    bool lingering;       // we ended first: close when the peer has, so that nothing is reset
    SSL *ssl;             // NULL on a plain port
    unsigned char *rest;  // what the socket did not take yet; NULL almost always
    size_t rest_length;
};

static enum mode mode = ECHO;
static const char line[] = "2026-01-01 00:00:00 UTC\r\n";  // as long as a daytime line
static unsigned char scratch[SCRATCH];
static int poller;
static SSL_CTX *context;  // NULL: plain
static BIO *bio;
static struct client *current;

static void watch(struct client *client, uint32_t events) {
    if (client->watched == events) return;
    struct epoll_event event = {.events = events, .data.ptr = client};
    int verb = client->watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(poller, verb, client->fd, &event) != 0) die("epoll_ctl");
    client->watched = events;
}

static void watch_reading(struct client *client) {
    watch(client, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

static void watch_writing(struct client *client) {
    watch(client, EPOLLIN | EPOLLRDHUP | EPOLLOUT | EPOLLET);
}

// Receives, and notes whether the socket is empty now.
static ssize_t receive(struct client *client, void *bytes, size_t size) {
    for (;;) {
        ssize_t count = recv(client->fd, bytes, size, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count > 0 && (size_t)count < size && !client->hung_up) client->drained = true;
        if (count < 0 && errno == EAGAIN) client->drained = true;
        return count;
    }
}

static ssize_t transmit(struct client *client, const void *bytes, size_t size) {
    for (;;) {
        ssize_t count = send(client->fd, bytes, size, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        return count;
    }
}

static int bio_read(BIO *self, char *bytes, size_t size, size_t *done) {
    BIO_clear_retry_flags(self);
    ssize_t count = receive(current, bytes, size);
    if (count > 0) return *done = (size_t)count, 1;
    if (count < 0 && errno == EAGAIN) BIO_set_retry_read(self);
    return 0;
}

static int bio_write(BIO *self, const char *bytes, size_t size, size_t *done) {
    BIO_clear_retry_flags(self);
    ssize_t count = transmit(current, bytes, size);
    if (count >= 0) return *done = (size_t)count, 1;
    if (errno == EAGAIN) BIO_set_retry_write(self);
    return 0;
}

static long bio_control(BIO *self, int command, long number, void *pointer) {
    (void)self, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

// Writes what is possible now. Returns how much, or -1 when the client is lost.
static ssize_t write_some(struct client *client, const unsigned char *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        if (client->ssl != NULL) {
            size_t count = 0;
            int result = SSL_write_ex(client->ssl, bytes + done, size - done, &count);
            if (result != 1) {
                if (SSL_get_error(client->ssl, result) != SSL_ERROR_WANT_WRITE) return -1;
                break;
            }
            done += count;
        } else {
            ssize_t count = transmit(client, bytes + done, size - done);
            if (count < 0) {
                if (errno != EAGAIN) return -1;
                break;
            }
            done += (size_t)count;
        }
    }
    return (ssize_t)done;
}

// Writes, and keeps the rest; the client is not read from before the rest is gone.
static bool write_all(struct client *client, const unsigned char *bytes, size_t size) {
    ssize_t done = write_some(client, bytes, size);
    if (done < 0) return false;
    if ((size_t)done == size) return true;
    client->rest_length = size - (size_t)done;
    client->rest = malloc(client->rest_length);
    if (client->rest == NULL) return false;
    memcpy(client->rest, bytes + done, client->rest_length);
    watch_writing(client);
    return true;
}

static bool write_rest(struct client *client) {
    ssize_t done = write_some(client, client->rest, client->rest_length);
    if (done < 0) return false;
    client->rest_length -= (size_t)done;
    if (client->rest_length > 0) {
        memmove(client->rest, client->rest + done, client->rest_length);
        return true;
    }
    free(client->rest);
    client->rest = NULL;
    watch_reading(client);
    return true;
}

static void finish(struct client *client, bool clean) {
    if (client->ssl != NULL) {
        if (clean && client->secured) SSL_shutdown(client->ssl);
        SSL_free(client->ssl);
        ERR_clear_error();
    }
    close(client->fd);
    free(client->rest);
    free(client);
}

// Continues the handshake. False: the client is lost.
static bool secure(struct client *client) {
    int result = SSL_accept(client->ssl);
    if (result == 1) return client->secured = true;
    switch (SSL_get_error(client->ssl, result)) {
    case SSL_ERROR_WANT_READ: return true;
    case SSL_ERROR_WANT_WRITE: watch_writing(client); return true;
    default: return false;
    }
}

// Reads once into the scratch buffer. 0: nothing now, or over; -1: the client is lost.
static ssize_t read_some(struct client *client) {
    if (client->ssl == NULL) {
        ssize_t count = receive(client, scratch, sizeof scratch);
        if (count == 0) client->over = true;
        return count < 0 && errno == EAGAIN ? 0 : count;
    }
    size_t count = 0;
    int result = SSL_read_ex(client->ssl, scratch, sizeof scratch, &count);
    if (result == 1) return (ssize_t)count;
    switch (SSL_get_error(client->ssl, result)) {
    case SSL_ERROR_WANT_READ: return 0;
    case SSL_ERROR_ZERO_RETURN: client->over = true; return 0;
    default: return -1;
    }
}

static bool may_have_more(const struct client *client) {
    return !client->drained || (client->ssl != NULL && SSL_has_pending(client->ssl));
}

// Does what can be done for the client now. False: the client is lost; `over`: it ended well.
static bool serve(struct client *client) {
    if (client->rest != NULL && !write_rest(client)) return false;
    if (!client->secured) {
        if (!secure(client)) return false;
        if (!client->secured) return true;
    }
    if (mode == RETURN && !client->over) {
        client->over = true;
        return write_all(client, (const unsigned char *)line, sizeof line - 1);
    }
    while (client->rest == NULL && !client->over && may_have_more(client)) {
        ssize_t count = read_some(client);
        if (count < 0) return false;
        if (count == 0) break;
        if (mode == ECHO && !write_all(client, scratch, (size_t)count)) return false;
    }
    return true;
}

// Ends a connection before its peer did, as icshostd and nginx do: says so, then reads to the end.
static void linger(struct client *client) {
    if (client->ssl != NULL) SSL_shutdown(client->ssl);
    shutdown(client->fd, SHUT_WR);
    client->lingering = true;
}

// True when the peer has ended too, or is lost.
static bool drain(struct client *client) {
    while (!client->drained) {
        ssize_t count = receive(client, scratch, sizeof scratch);
        if (count <= 0) return count == 0 || errno != EAGAIN;
    }
    return false;
}

static void wake(struct client *client) {
    current = client;
    bool well = client->lingering || serve(client);
    if (well && !client->lingering && client->over && client->rest == NULL && mode == RETURN)
        linger(client);
    if (client->lingering && !drain(client)) return;
    if (!well || (client->over && client->rest == NULL))
        finish(client, well && !client->lingering);
}

static void welcome(int fd) {
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) die("calloc");
    client->fd = fd;
    client->secured = context == NULL;
    if (context != NULL) {
        client->ssl = SSL_new(context);
        if (client->ssl == NULL || BIO_up_ref(bio) != 1) die("SSL_new");
        SSL_set_bio(client->ssl, bio, bio);
    }
    watch_reading(client);
    // A returned line waits for nobody on a plain port; anything else waits for bytes.
    if (mode == RETURN && client->secured) wake(client);
}

static void accept_batch(int listener) {
    for (int i = 0; i < BATCH; i++) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            welcome(fd);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            die("accept4");  // the load is bounded: running out is a mistake of the benchmark
        }
    }
}

static int listener_on(const char *address, long port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    errno = 0;
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) die("no IPv4 address: %s", address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket");
    int yes = 1;
    // Linux hands TCP_NODELAY of the listener down to what it accepts: one call for all clients.
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        die("setsockopt");
    if (bind(fd, (struct sockaddr *)&name, sizeof name) != 0) die("bind %s:%ld", address, port);
    if (listen(fd, BACKLOG) != 0) die("listen");
    return fd;
}

// The policy of icshostd: 1.2 and 1.3, one ticket, no session cache, buffers only while used.
static void prepare_tls(const char *certificate, const char *key) {
    context = SSL_CTX_new(TLS_server_method());
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "current client");
    errno = 0;
    if (context == NULL || method == NULL) die("libssl does not start");
    if (BIO_meth_set_read_ex(method, bio_read) != 1 || BIO_meth_set_write_ex(method, bio_write) != 1
        || BIO_meth_set_ctrl(method, bio_control) != 1 || (bio = BIO_new(method)) == NULL)
        die("no BIO");
    BIO_set_init(bio, 1);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1
        || SSL_CTX_set_num_tickets(context, TICKETS) != 1)
        die("libssl refuses the policy");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
        die("no usable certificate: %s", certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        die("no usable key: %s", key);
}

static void run(int listener) {
    struct epoll_event events[BATCH];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) die("epoll");
    for (;;) {
        int count = epoll_wait(poller, events, BATCH, -1);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            if (client == NULL) {
                accept_batch(listener);
                continue;
            }
            if (events[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) client->hung_up = true;
            client->drained = false;
            wake(client);
        }
    }
}

static __attribute__((noreturn)) void usage(void) {
    errno = 0;
    die("usage: limit ADDRESS PORT echo|discard|return [--tls CERTIFICATE KEY]");
}

int main(int count, char **words) {
    if (count != 4 && count != 7) usage();
    if (strcmp(words[3], "echo") == 0) mode = ECHO;
    else if (strcmp(words[3], "discard") == 0) mode = DISCARD;
    else if (strcmp(words[3], "return") == 0) mode = RETURN;
    else usage();
    if (count == 7 && strcmp(words[4], "--tls") != 0) usage();
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    if (count == 7) prepare_tls(words[5], words[6]);
    run(listener_on(words[1], whole_number("PORT", words[2], 65535)));
}
