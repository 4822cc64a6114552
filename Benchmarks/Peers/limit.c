// The chat in bare C: what the kernel's part of it costs. It expects whole lines, and sockets that take them.
#include "../process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, MOST_CLIENTS = 20000, MOST_BYTES = 4096, NAME = 32 };

static int clients[MOST_CLIENTS];
static char names[MOST_CLIENTS][NAME];  // by descriptor
static int count;

static void come_in(int poller, int listener) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int fd = accept4(listener, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 || fd >= MOST_CLIENTS) die("accept4");
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    snprintf(names[fd], NAME, "%s:%d", inet_ntoa(address.sin_addr), ntohs(address.sin_port));
    clients[count++] = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) != 0) die("epoll_ctl");
}

static void leave(int fd) {
    for (int i = 0; i < count; i++)
        if (clients[i] == fd) clients[i] = clients[--count];
    close(fd);
}

static void list(int fd) {
    static char text[MOST_CLIENTS * NAME];
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += (size_t)sprintf(text + size, "%s%c", names[clients[i]], i + 1 < count ? ' ' : '\n');
    send(fd, text, size, MSG_NOSIGNAL);
}

static void serve(int fd) {
    char line[MOST_BYTES];
    ssize_t size = recv(fd, line, sizeof line, 0);
    if (size <= 0) leave(fd);
    else if (size == 4 && memcmp(line, "who\n", 4) == 0) list(fd);
    else
        for (int i = 0; i < count; i++)
            if (clients[i] != fd) send(clients[i], line, (size_t)size, MSG_NOSIGNAL);
}

int main(int words, char **word) {
    if (words != 2) die("usage: limit-chat PORT");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((uint16_t)whole_number("PORT", word[1], 65535));
    raise_descriptor_limit();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[BATCH];
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0
        || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0)
        die("listen");
    for (;;) {
        int ready = epoll_wait(poller, events, BATCH, -1);
        for (int i = 0; i < ready; i++)
            if (events[i].data.fd == listener) come_in(poller, listener);
            else serve(events[i].data.fd);
    }
}
