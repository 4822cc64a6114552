/* The C interface of icshostd's handler `module`: this header is its reference.
 *
 * A module is a shared object that serves the clients of the hosts that name it:
 *
 *     Handler=module
 *     Module=/usr/lib/icshostd/greeting.so
 *     ModuleOption=text=Good day
 *     ModuleOption=color=blue
 *
 * It exports one function, icshostd_module_entry, which returns its table of event functions. The daemon
 * calls those, and they call back through the table that `load` gets.
 *
 * Threads. `load` and `unload` run on a control thread. The event functions of one client all run on one
 * thread, one at a time, and never block: that thread serves thousands of others. Different clients may
 * have different threads, so what a module shares between clients needs a lock.
 *
 * Calls. Each call is for the client whose event function is running, on the thread that runs it, until
 * that function returns.
 *
 * Memory. What the daemon passes to a function is the daemon's, and valid until the function returns,
 * unless said otherwise. What a module puts behind *module and *state is the module's.
 *
 * Life of the file. It is mapped once and never unmapped. A new version under the same path is taken when
 * the daemon restarts; one under another path (greeting-2.so), by a reload.
 *
 * Versions. A number says both sides of the interface: a daemon loads modules of its own number. What a
 * later daemon adds without a new number it adds at the ends of the structures that it passes, whose
 * `size` tells; a module looks there before it uses what its first version did not have. */
#ifndef ICSHOSTD_MODULE_H
#define ICSHOSTD_MODULE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The number of this interface. */
#define ICSHOSTD_MODULE_VERSION 1

/** A connected client. */
typedef struct icshostd_client icshostd_client;

/* What an event function returns. */

/** Go on. */
#define ICSHOSTD_CONTINUE 0
/** The client is done: what is unsent is sent, then the connection is closed. */
#define ICSHOSTD_CLOSE 1
/* Anything else is an error of the module: it is recorded with the function's name and the number, and
 * the client is closed. Small negative numbers are customary. */

/* What `write` and `start_tls` return. */

/** All is handed to the kernel. */
#define ICSHOSTD_DONE 0
/** Taken, and perhaps not all sent: better write no more now, `writable` is called when all is. More than
 * 1 MiB unsent is an error that closes the client; what is written to a broken connection is lost, and
 * `close` follows. */
#define ICSHOSTD_LATER 1
/** Not taken: not possible now. */
#define ICSHOSTD_FAILED (-1)

/* Why a client ends, for `close`. */

/** The module asked for it. */
#define ICSHOSTD_ENDED_HERE 0
/** The peer had ended its side, and nothing was left to send. */
#define ICSHOSTD_ENDED_BY_PEER 1
/** The connection broke. */
#define ICSHOSTD_BROKEN 2
/** The daemon stops, and its drain period is over. */
#define ICSHOSTD_STOPPING 3
/** An event function returned an error. */
#define ICSHOSTD_MODULE_ERROR 4

/* How important a record is: the numbers of syslog(3). */
#define ICSHOSTD_ERROR 3
#define ICSHOSTD_WARNING 4
#define ICSHOSTD_NOTICE 5
#define ICSHOSTD_INFO 6
#define ICSHOSTD_DEBUG 7

/* What `metadata` tells, as text. */

/** The number of the client, which no other client of this daemon has. */
#define ICSHOSTD_CLIENT_ID 0
/** The peer's address, such as 192.0.2.1 or 2001:db8::1. */
#define ICSHOSTD_REMOTE_IP 1
/** The peer's port. */
#define ICSHOSTD_REMOTE_PORT 2
/** The address on this machine that the peer connected to. */
#define ICSHOSTD_LOCAL_IP 3
/** The port on this machine. */
#define ICSHOSTD_LOCAL_PORT 4
/** The host's HostTag. */
#define ICSHOSTD_HOST_TAG 5
/** The name that the client asked for in its TLS handshake; empty without one. */
#define ICSHOSTD_SERVER_NAME 6
/** The TLS version, such as TLSv1.3; empty on a plain connection. */
#define ICSHOSTD_TLS_VERSION 7
/** The subject of the client's certificate (CliCertMethod), as RFC 2253 writes names, in ASCII: not to be
 * taken apart. Empty without a certificate, as the next two are. */
#define ICSHOSTD_CLIENT_SUBJECT 8
/** The common name of that subject, in UTF-8, the first one where there are several; empty for one with
 * a control character. */
#define ICSHOSTD_CLIENT_COMMON_NAME 9
/** The SHA-256 of that certificate in 64 lower-case hexadecimal digits. */
#define ICSHOSTD_CLIENT_FINGERPRINT 10

/** What a module may call. */
typedef struct icshostd_calls {
    /** The size of this structure in the daemon. */
    size_t size;

    /** Sends bytes as far as the kernel takes them now and keeps a copy of the rest. */
    int (*write)(icshostd_client *client, const void *bytes, size_t count);

    /** Closes the client when the running function returns, as if it returned ICSHOSTD_CLOSE. */
    void (*close)(icshostd_client *client);

    /** Has `timer` called once after so many milliseconds, at most 135 ms late; 0 takes that back, and
     * a new time replaces the last. */
    void (*deadline)(icshostd_client *client, uint64_t milliseconds);

    /** Writes a record to the journal with the client's fields: one line of UTF-8, cut to 2,048 bytes. */
    void (*log)(icshostd_client *client, int level, const char *text, size_t count);

    /** Copies a fact about the client to `buffer`, cut to `size` - 1 bytes and ended by a zero.
     * Returns its whole length, 0 for one that the client, or this daemon, does not have. */
    size_t (*metadata)(icshostd_client *client, int item, char *buffer, size_t size);

    /** Begins TLS when the running function returns (STARTTLS): what is unsent goes out in the clear, then
     * the handshake begins, and `writable` is called when it is done. `unread` is how many of the bytes
     * that `data` got are not used yet: there must be none, or the client is closed, because what came
     * in the clear must never count as said under TLS. ICSHOSTD_FAILED where the host does not offer
     * it (AuthSslCmd), or the connection speaks TLS already. */
    int (*start_tls)(icshostd_client *client, size_t unread);
} icshostd_calls;

/** What `load` is told about the host. */
typedef struct icshostd_host {
    /** The size of this structure in the daemon. */
    size_t size;
    /** What the module may call; valid for good. */
    const icshostd_calls *calls;
    /** HostTag. */
    const char *tag;
    /** The texts of ModuleOption, in the order of the file. */
    const char *const *options;
    size_t option_count;
    /** Where to put a sentence about what is wrong, ended by a zero. */
    char *error;
    size_t error_size;
} icshostd_host;

/** The event functions of a module; any of them may be NULL. */
typedef struct icshostd_module {
    /** ICSHOSTD_MODULE_VERSION. */
    uint32_t version;

    /** A host begins to use the module. *module is passed to the other functions.
     * With anything but 0 the host is down. `check` loads, too, and unloads. */
    int (*load)(const icshostd_host *host, void **module);

    /** A client has come. *state is passed to the client's other functions. After an error `close` is
     * not called. */
    int (*open)(void *module, icshostd_client *client, void **state);

    /** Bytes have arrived, at most 64 KiB; `count` 0 says that the peer has ended its side. After that
     * the client is closed as soon as nothing is unsent. Nothing arrives while a write waits. */
    int (*data)(void *state, icshostd_client *client, const uint8_t *bytes, size_t count);

    /** After a write that returned ICSHOSTD_LATER: all is sent, and there is room again. After
     * start_tls: the connection speaks TLS. */
    int (*writable)(void *state, icshostd_client *client);

    /** The time that `deadline` set has passed. */
    int (*timer)(void *state, icshostd_client *client);

    /** The client ends, for this reason (ICSHOSTD_ENDED_HERE and so on): free its state. Of the calls
     * only `log` and `metadata` are allowed. Anything but 0 is recorded. */
    int (*close)(void *state, icshostd_client *client, int reason);

    /** The host is gone with its last client: free what `load` has made. */
    void (*unload)(void *module);
} icshostd_module;

/** What a module exports: returns its table, which stays valid for good. */
const icshostd_module *icshostd_module_entry(void);

/** The type of icshostd_module_entry, and its name for dlsym(3). */
typedef const icshostd_module *(*icshostd_module_entry_function)(void);
#define ICSHOSTD_MODULE_ENTRY "icshostd_module_entry"

#ifdef __cplusplus
}
#endif
#endif
