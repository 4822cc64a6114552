// The load: many clients in one thread, in one of six modes.
//
//   echo       N clients held, each sends a message, waits for it to come back, sends the next
//   connect    N at a time: connect, one exchange, close, again
//   handshake  the same with a full TLS handshake each time
//   resume     the same, each handshake resuming the ticket the connection before was given
//   download   N at a time: connect, receive so many bytes, drop the connection, again
//   idle       N clients held that do nothing
//
// It prints "ready" when everything is warm and the server has nothing to do, starts at the first
// line on stdin, and ends with one line of JSON when again nothing is outstanding: the CPU time
// the server used in between belongs to these operations and to nothing else.
#include "process.h"

#include "connection.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, OPENING = 64, PATIENCE_MILLISECONDS = 10000, MOST_ERRORS = 20 };

struct load {
    struct target target;
    bool repeats_echo, holds;  // neither: connections end after their exchange
    long count;
    double seconds;
    struct connection *connections;
    bool measuring;
    double deadline;
    long started, outstanding, operations, errors, resumed;
    char first_error[200];
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void hear(struct load *load, struct connection *connection, enum news news);

static void open_next(struct load *load, struct connection *connection) {
    load->outstanding++;
    hear(load, connection, connection_open(connection, &load->target));
}

// A held client is open; another one may be opened in its place.
static void held(struct load *load, struct connection *connection) {
    if (connection_hold(connection, &load->target) != NONE) {
        hear(load, connection, FAILED);
        return;
    }
    load->operations++;
    load->outstanding--;
}

static void failed(struct load *load, struct connection *connection) {
    errno = 0;
    load->outstanding--;
    if (!load->measuring) die("while warming up: %s", connection_failure());
    if (load->errors++ == 0)
        snprintf(load->first_error, sizeof load->first_error, "%s", connection_failure());
    if (load->errors > MOST_ERRORS) load->deadline = 0;
    else if (load->deadline > 0 && !load->repeats_echo && !load->holds) open_next(load, connection);
}

static void echoed(struct load *load, struct connection *connection) {
    bool goes_on = load->measuring && load->deadline > 0;
    if (load->repeats_echo) {
        if (load->measuring) load->operations++;
        if (goes_on) hear(load, connection, connection_send(connection, &load->target));
        else connection->step = WAITING, load->outstanding--;
    } else if (load->holds && load->measuring) {
        held(load, connection);
    } else {
        hear(load, connection, connection_close(connection));
    }
}

static void established(struct load *load, struct connection *connection) {
    if (load->measuring && connection_resumed(connection)) load->resumed++;
    if (load->target.exchange != NOTHING)
        hear(load, connection, connection_send(connection, &load->target));
    else if (load->measuring) held(load, connection);
    else hear(load, connection, connection_close(connection));
}

// Decides what a connection does next. `deadline` 0 means: start nothing more.
static void hear(struct load *load, struct connection *connection, enum news news) {
    switch (news) {
    case NONE: break;
    case ESTABLISHED: established(load, connection); break;
    case ECHOED: echoed(load, connection); break;
    case FAILED: failed(load, connection); break;
    case ENDED:
        load->outstanding--;
        if (!load->measuring) break;
        load->operations++;
        if (load->deadline > 0) open_next(load, connection);
        break;
    }
}

// Runs until nothing is outstanding; the clock is looked at once per batch.
static void run(struct load *load) {
    struct epoll_event events[BATCH];
    while (load->outstanding > 0) {
        int count = epoll_wait(load->target.poller, events, BATCH, PATIENCE_MILLISECONDS);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        errno = 0;
        if (count == 0) die("stalled: the server owes %ld answers", load->outstanding);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            hear(load, connection, connection_continue(connection, &load->target));
        }
        if (load->measuring && now() >= load->deadline) load->deadline = 0;
        while (load->holds && load->measuring && load->deadline > 0
               && load->outstanding < OPENING && load->started < load->count)
            open_next(load, &load->connections[load->started++]);
    }
}

// One round of everything that is not measured: first pages, first tickets, first buffers.
static void warm_up(struct load *load) {
    long count = load->holds ? 1 : load->count;
    for (long i = 0; i < count; i++) open_next(load, &load->connections[i]);
    run(load);
}

static void measure(struct load *load) {
    load->measuring = true;
    load->deadline = now() + load->seconds;
    if (load->holds) {
        load->deadline = now() + 60;
        open_next(load, &load->connections[load->started++]);
    } else {
        for (long i = 0; i < load->count; i++) {
            if (!load->repeats_echo) {
                open_next(load, &load->connections[i]);
                continue;
            }
            load->outstanding++;
            hear(load, &load->connections[i],
                 connection_send(&load->connections[i], &load->target));
        }
    }
    run(load);
}

// Waits for the driver's word; its end is ours.
static void await_line(void) {
    char byte = 0;
    while (byte != '\n')
        if (read(STDIN_FILENO, &byte, 1) != 1) exit(0);
}

static void report(const struct load *load, double elapsed) {
    printf("{\"operations\": %ld, \"errors\": %ld, \"resumed\": %ld, \"elapsed\": %.6f, "
           "\"first_error\": \"", load->operations, load->errors, load->resumed, elapsed);
    for (const char *byte = load->first_error; *byte != '\0'; byte++)
        if (*byte != '"' && *byte != '\\' && *byte >= ' ') putchar(*byte);
    printf("\"}\n");
    fflush(stdout);
}

// Ends the program badly when a held client was not there to the end.
static void check_held(const struct load *load) {
    struct epoll_event events[BATCH];
    int count = epoll_wait(load->target.poller, events, BATCH, 0);
    errno = 0;
    if (count > 0) die("the server closed %d or more clients while they were held", count);
}

static __attribute__((noreturn)) void usage(void) {
    errno = 0;
    die("usage: load echo|connect|handshake|resume|download|idle --port PORT [--address ADDRESS] [--tls] [--tls12]\n"
        "            [--connections N] [--size BYTES] [--milliseconds N] [--line] [--touch]\n"
        "            [--get PATH]");
}

static void set_mode(struct load *load, const char *mode) {
    load->repeats_echo = strcmp(mode, "echo") == 0;
    load->holds = strcmp(mode, "idle") == 0;
    load->target.resuming = strcmp(mode, "resume") == 0;
    load->target.exchange = load->holds ? NOTHING : load->repeats_echo ? ECHOES : ONE_ECHO;
    if (strcmp(mode, "download") == 0) load->target.exchange = DOWNLOAD;
    else if (load->target.resuming || strcmp(mode, "handshake") == 0)
        load->target.context = connection_context(TLS1_3_VERSION);
    else if (!load->repeats_echo && !load->holds && strcmp(mode, "connect") != 0) usage();
}

// An HTTP request for a path.
static const char *request_for(const char *path) {
    static char request[200];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench.test\r\n\r\n", path);
    if (length < 0 || (size_t)length >= sizeof request) usage();
    return request;
}

static void set_options(struct load *load, char **words) {
    for (; *words != NULL; words++) {
        struct target *target = &load->target;
        char *word = *words;
        bool is_old = strcmp(word, "--tls12") == 0;
        if (is_old || strcmp(word, "--tls") == 0) {
            if (target->context != NULL) SSL_CTX_free(target->context);
            target->context = connection_context(is_old ? TLS1_2_VERSION : TLS1_3_VERSION);
            continue;
        }
        if (strcmp(word, "--line") == 0) {
            target->exchange = ONE_LINE;
            continue;
        }
        if (strcmp(word, "--touch") == 0) {
            target->exchange = ONE_ECHO;
            continue;
        }
        char *value = *++words;
        if (value == NULL) usage();
        if (strcmp(word, "--address") == 0) target->address = value;
        else if (strcmp(word, "--port") == 0) target->port = (int)whole_number(word, value, 65535);
        else if (strcmp(word, "--connections") == 0) load->count = whole_number(word, value, 15000);
        else if (strcmp(word, "--size") == 0)
            target->size = (size_t)whole_number(
                word, value, target->exchange == DOWNLOAD ? 1l << 32 : 16384);
        else if (strcmp(word, "--get") == 0) target->request = request_for(value);
        else if (strcmp(word, "--milliseconds") == 0)
            load->seconds = (double)whole_number(word, value, 60000) / 1000;
        else usage();
    }
}

int main(int count, char **words) {
    struct load load = {.count = 64, .seconds = 1,
                        .target = {.address = "127.0.0.1", .size = 64}};
    if (count < 2) usage();
    set_mode(&load, words[1]);
    set_options(&load, words + 2);
    struct in_addr address;
    errno = 0;
    if (load.target.port == 0) usage();
    if (inet_pton(AF_INET, load.target.address, &address) != 1
        || ntohl(address.s_addr) >> 24 != 127)
        die("the load goes to 127.0.0.0/8 only, not to %s", load.target.address);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    load.target.poller = epoll_create1(EPOLL_CLOEXEC);
    load.connections = calloc((size_t)load.count, sizeof *load.connections);
    if (load.target.poller < 0 || load.connections == NULL) die("no memory");
    for (long i = 0; i < load.count; i++) load.connections[i].fd = -1;
    warm_up(&load);
    puts("ready");
    fflush(stdout);
    await_line();
    double start = now();
    measure(&load);
    report(&load, now() - start);
    if (load.holds) {
        await_line();
        check_held(&load);
    }
}
