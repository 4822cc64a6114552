// One connection of the load: what it is to do, how far it is, and what became of it.
#ifndef ICSHOSTD_BENCH_CONNECTION_H
#define ICSHOSTD_BENCH_CONNECTION_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

// What a connection does once it is established (and, with TLS, secured).
enum exchange { NOTHING, ONE_ECHO, ECHOES, ONE_LINE, DOWNLOAD };

enum step { CLOSED, CONNECTING, SECURING, WAITING, EXCHANGING, CLOSING };

// What the load hears of a connection; the load decides what follows.
enum news { NONE, ESTABLISHED, ECHOED, ENDED, FAILED };

// What all connections of a run share.
struct target {
    const char *address;
    int port;
    SSL_CTX *context;  // NULL: plain
    enum exchange exchange;
    bool resuming;     // each connection offers the ticket of the one before
    size_t size;       // of one message, or of what is to be downloaded
    const char *request;  // what asks for a download; NULL: the server speaks unasked
    int poller;
};

struct connection {
    int fd;
    enum step step;
    enum exchange exchange;
    SSL *ssl;
    SSL_SESSION *ticket;  // the newest one this slot was given
    bool offered;         // a ticket, in this handshake
    size_t received;      // of the current message
};

// Starts a connection from a loopback address of its own.
enum news connection_open(struct connection *connection, const struct target *target);

// Does what an event allows.
enum news connection_continue(struct connection *connection, const struct target *target);

// Sends the next message of an established connection, or the first.
enum news connection_send(struct connection *connection, const struct target *target);

// Stops reading, so that what the server says stays in the socket; only its end is watched for.
enum news connection_hold(struct connection *connection, const struct target *target);

// Starts the orderly close: close_notify and FIN, then waits for those of the server.
enum news connection_close(struct connection *connection);

// Lets go of the descriptor and the SSL at once; keeps the ticket.
void connection_drop(struct connection *connection);

// True when the last handshake resumed a session.
bool connection_resumed(const struct connection *connection);

// Why the last connection failed.
const char *connection_failure(void);

// Makes the client's TLS context for one version; tickets are handed to the slot they came to.
SSL_CTX *connection_context(int version);

#endif
