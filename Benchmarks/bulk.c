// The two ends of one large transfer through a relay: who sends it, and who fetches it.
//
//   bulk serve PORT MEBIBYTES             each client gets so much, then the end
//   bulk --port PORT --mebibytes N [--tls]
//
// The second speaks to the driver like the load: "ready", a line on stdin, one line of JSON. An
// operation is a whole transfer; it is an error when a byte is missing.
#include "process.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, MOST_MEBIBYTES = 65536 };

static char block[BLOCK];

static struct sockaddr_in loopback(long port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void serve(long port, long mebibytes) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 64) != 0)
        die("listen on port %ld", port);
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) die("accept");
        for (long left = mebibytes << 20; left > 0;) {
            ssize_t sent = send(client, block, left < BLOCK ? (size_t)left : BLOCK, MSG_NOSIGNAL);
            if (sent <= 0) break;
            left -= sent;
        }
        shutdown(client, SHUT_WR);
        while (recv(client, block, BLOCK, 0) > 0) {}
        close(client);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Returns how many bytes came until the end.
static long fetch(long port, SSL_CTX *context) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) die("connect");
    SSL *ssl = context == NULL ? NULL : SSL_new(context);
    if (ssl != NULL && (SSL_set_fd(ssl, fd) != 1 || SSL_connect(ssl) != 1)) die("SSL_connect");
    long total = 0;
    for (;;) {
        long count = ssl != NULL ? SSL_read(ssl, block, BLOCK) : recv(fd, block, BLOCK, 0);
        if (count <= 0) break;
        total += count;
    }
    if (ssl != NULL) SSL_shutdown(ssl);
    SSL_free(ssl);
    shutdown(fd, SHUT_WR);
    while (recv(fd, block, BLOCK, 0) > 0) {}
    close(fd);
    return total;
}

int main(int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    if (count == 4 && strcmp(words[1], "serve") == 0)
        serve(whole_number("PORT", words[2], 65535),
              whole_number("MEBIBYTES", words[3], MOST_MEBIBYTES));
    long port = 0, mebibytes = 0;
    SSL_CTX *context = NULL;
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--tls") == 0) context = SSL_CTX_new(TLS_client_method());
        else if (i + 1 < count && strcmp(words[i], "--port") == 0)
            port = whole_number("--port", words[++i], 65535);
        else if (i + 1 < count && strcmp(words[i], "--mebibytes") == 0)
            mebibytes = whole_number("--mebibytes", words[++i], MOST_MEBIBYTES);
    }
    errno = 0;
    if (port == 0 || mebibytes == 0) die("usage: bulk serve PORT N | --port PORT --mebibytes N");
    puts("ready");
    fflush(stdout);
    char byte = 0;
    while (byte != '\n')
        if (read(STDIN_FILENO, &byte, 1) != 1) return 0;
    double start = now();
    bool whole = fetch(port, context) == mebibytes << 20;
    printf("{\"operations\": 1, \"errors\": %d, \"resumed\": 0, \"elapsed\": %.6f, "
           "\"first_error\": \"bytes are missing\"}\n", whole ? 0 : 1, now() - start);
}
