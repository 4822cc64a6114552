/* A module that does what its client says, one command a line, and fails where its option says. */
#include <icshostd_module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef VERSION
#define VERSION ICSHOSTD_MODULE_VERSION
#endif

struct host {
    const icshostd_calls *calls;
    char error[16];
    char trace[256];
};

struct client {
    struct host *host;
    size_t flood;
};

static int result(const struct host *host, const char *function) {
    return strcmp(host->error, function) == 0 ? -5 : ICSHOSTD_CONTINUE;
}

/* Appends a line to the file of option trace=. */
static void trace(const struct host *host, const char *line) {
    FILE *file = host->trace[0] ? fopen(host->trace, "a") : NULL;
    if (!file) return;
    fprintf(file, "%s\n", line);
    fclose(file);
}

static int load(const icshostd_host *from, void **module) {
    struct host *host = calloc(1, sizeof *host);
    host->calls = from->calls;
    for (size_t i = 0; i < from->option_count; i++) {
        sscanf(from->options[i], "error=%15s", host->error);
        sscanf(from->options[i], "trace=%255s", host->trace);
    }
    if (result(host, "load") != 0) {
        snprintf(from->error, from->error_size, "%s has %zu options", from->tag,
                 from->option_count);
        free(host);
        return -5;
    }
    *module = host;
    trace(host, "load");
    return 0;
}

static int say(struct client *own, icshostd_client *client, const char *text) {
    return own->host->calls->write(client, text, strlen(text));
}

static int open_client(void *module, icshostd_client *client, void **state) {
    struct host *host = module;
    if (result(host, "open") != 0) return result(host, "open");
    struct client *own = calloc(1, sizeof *own);
    own->host = host;
    *state = own;
    say(own, client, "ready\n");
    return ICSHOSTD_CONTINUE;
}

static int flood(struct client *own, icshostd_client *client) {
    static const char chunk[65536];
    while (own->flood > 0) {
        size_t count = own->flood < sizeof chunk ? own->flood : sizeof chunk;
        own->flood -= count;
        if (own->host->calls->write(client, chunk, count) != ICSHOSTD_DONE)
            return ICSHOSTD_CONTINUE;
    }
    return ICSHOSTD_CONTINUE;
}

static int data(void *state, icshostd_client *client, const uint8_t *bytes, size_t count) {
    struct client *own = state;
    const icshostd_calls *calls = own->host->calls;
    if (result(own->host, "data") != 0) return result(own->host, "data");
    if (count == 0) {
        say(own, client, "end\n");
        return ICSHOSTD_CONTINUE;
    }
    char line[80], value[80];
    unsigned long number = 0;
    snprintf(line, sizeof line, "%.*s", (int)count, (const char *)bytes);
    if (sscanf(line, "fact %lu", &number) == 1) {
        size_t length = calls->metadata(client, (int)number, value, 10);
        char answer[120];
        snprintf(answer, sizeof answer, "%zu %s\n", length, value);
        say(own, client, answer);
    } else if (sscanf(line, "timer %lu", &number) == 1) {
        calls->deadline(client, number);
    } else if (sscanf(line, "flood %lu", &number) == 1) {
        own->flood = number;
        return flood(own, client);
    } else if (sscanf(line, "log %79[^\n]", value) == 1) {
        calls->log(client, ICSHOSTD_NOTICE, value, strlen(value));
        say(own, client, "logged\n");
    } else if (strncmp(line, "tls", 3) == 0) {
        int done = calls->start_tls(client, 0);
        say(own, client, done == ICSHOSTD_DONE ? "go\n" : "no\n");
    } else if (strncmp(line, "close", 5) == 0) {
        say(own, client, "bye\n");
        calls->close(client);
    }
    return ICSHOSTD_CONTINUE;
}

static int writable(void *state, icshostd_client *client) {
    struct client *own = state;
    char value[16];
    if (result(own->host, "writable") != 0) return result(own->host, "writable");
    if (own->flood == 0 && own->host->calls->metadata(client, ICSHOSTD_TLS_VERSION, value, 16) > 0)
        say(own, client, "secure\n");
    return flood(own, client);
}

static int timer(void *state, icshostd_client *client) {
    struct client *own = state;
    say(own, client, "timer\n");
    return result(own->host, "timer");
}

static int close_client(void *state, icshostd_client *client, int reason) {
    struct client *own = state;
    char line[32];
    snprintf(line, sizeof line, "close %d", reason);
    trace(own->host, line);
    /* Not possible any more. */
    if (own->host->calls->write(client, "x", 1) != ICSHOSTD_FAILED) trace(own->host, "wrote");
    int error = result(own->host, "close");
    free(own);
    return error;
}

static int unload(void *module) {
    struct host *host = module;
    trace(host, "unload");
    int error = result(host, "unload");
    free(host);
    return error;
}

static const icshostd_module table = {
    .version = VERSION,
    .load = load,
    .open = open_client,
    .data = data,
    .writable = writable,
    .timer = timer,
    .close = close_client,
    .unload = unload,
};

#ifndef WITHOUT_ENTRY
const icshostd_module *icshostd_module_entry(void) { return &table; }
#else
const void *probe_table(void) { return &table; }
#endif
