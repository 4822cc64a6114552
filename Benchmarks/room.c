// The load of a chat: N clients in one room, in one thread.
//
// Clients come in one after the other, each with "who", whose answer is one line with a name for each
// client so far. One client at a time says a line and the next one does when all others have it. Each line
// that arrives is an operation. Words on stdin and stdout are those of load.c.
#include "process.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, PATIENCE_MILLISECONDS = 10000, MOST_BYTES = 4096, MOST_ANSWER = 1 << 20 };

struct member {
    int fd;
    size_t received;  // of the line under way
};

struct room {
    struct member *members;
    int poller;
    long count, port, operations;
    size_t size;  // of a line, with its end
    double seconds;
    char line[MOST_BYTES];
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void send_line(const struct member *member, const char *line, size_t size) {
    if (send(member->fd, line, size, MSG_NOSIGNAL) != (ssize_t)size) die("send");
}

// Sends "who" and counts the names of the answer.
static void ask_who(const struct member *member, long expected) {
    static char answer[MOST_ANSWER];
    size_t size = 0;
    send_line(member, "who\n", 4);
    while (size == 0 || answer[size - 1] != '\n') {
        ssize_t count = recv(member->fd, answer + size, sizeof answer - size, 0);
        if (count <= 0) die("who: no answer");
        size += (size_t)count;
    }
    long names = 1;
    for (size_t i = 0; i < size; i++) names += answer[i] == ' ';
    errno = 0;
    if (names != expected) die("who: %ld names where %ld clients are", names, expected);
}

static void come_in(struct room *room, struct member *member, long clients) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)room->port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int yes = 1;
    member->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (member->fd < 0 || connect(member->fd, (struct sockaddr *)&name, sizeof name) != 0
        || setsockopt(member->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        die("connect");
    ask_who(member, clients);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
    if (epoll_ctl(room->poller, EPOLL_CTL_ADD, member->fd, &event) != 0) die("epoll_ctl");
}

// Reads what has arrived of the line. Returns whether it is complete.
static bool receive(const struct room *room, struct member *member) {
    char bytes[MOST_BYTES];
    ssize_t count = recv(member->fd, bytes, room->size - member->received, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return false;
    if (count <= 0) die("the server closed a client");
    errno = 0;
    if (memcmp(bytes, room->line + member->received, (size_t)count) != 0)
        die("a client received another line than was sent");
    member->received += (size_t)count;
    if (member->received < room->size) return false;
    member->received = 0;
    return true;
}

// One client says a line; ends when all others have it.
static void say(struct room *room, const struct member *sender) {
    struct epoll_event events[BATCH];
    send_line(sender, room->line, room->size);
    for (long missing = room->count - 1; missing > 0;) {
        int count = epoll_wait(room->poller, events, BATCH, PATIENCE_MILLISECONDS);
        if (count < 0 && errno != EINTR) die("epoll_wait");
        errno = 0;
        if (count == 0) die("stalled: %ld clients wait for the line", missing);
        for (int i = 0; i < count; i++) {
            struct member *member = events[i].data.ptr;
            if (member == sender) die("the line came back to its sender");
            missing -= receive(room, member);
        }
    }
    room->operations += room->count - 1;
}

static void await_line(void) {
    char byte = 0;
    while (byte != '\n')
        if (read(STDIN_FILENO, &byte, 1) != 1) exit(0);
}

int main(int count, char **words) {
    struct room room = {.count = 64, .size = 64, .seconds = 1};
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(words[i], "--port") == 0) room.port = whole_number(words[i], words[i + 1], 65535);
        else if (strcmp(words[i], "--connections") == 0)
            room.count = whole_number(words[i], words[i + 1], 15000);
        else if (strcmp(words[i], "--size") == 0)
            room.size = (size_t)whole_number(words[i], words[i + 1], MOST_BYTES);
        else if (strcmp(words[i], "--milliseconds") == 0)
            room.seconds = (double)whole_number(words[i], words[i + 1], 60000) / 1000;
        else die("usage: room --port PORT [--connections N] [--size BYTES] [--milliseconds N]");
    }
    raise_descriptor_limit();
    memset(room.line, 'x', room.size);
    room.line[room.size - 1] = '\n';
    room.poller = epoll_create1(EPOLL_CLOEXEC);
    room.members = calloc((size_t)room.count, sizeof *room.members);
    if (room.poller < 0 || room.members == NULL) die("no memory");
    for (long i = 0; i < room.count; i++) come_in(&room, &room.members[i], i + 1);
    for (long i = 0; i < room.count; i++) say(&room, &room.members[i]);
    puts("ready");
    fflush(stdout);
    await_line();
    room.operations = 0;
    double start = now(), deadline = start + room.seconds;
    for (long i = 0; now() < deadline; i = (i + 1) % room.count) say(&room, &room.members[i]);
    printf("{\"operations\": %ld, \"errors\": 0, \"elapsed\": %.6f, \"first_error\": \"\"}\n",
           room.operations, now() - start);
    fflush(stdout);
}
