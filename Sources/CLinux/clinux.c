#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

static _Thread_local const void *current_loop;

const void *clinux_current_loop(void) { return current_loop; }

void clinux_set_current_loop(const void *loop) { current_loop = loop; }

int clinux_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_peer(int socket, int32_t *process, uint32_t *user) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return -1;
    *process = peer.pid;
    *user = peer.uid;
    return 0;
}

void clinux_give_memory_back(void) { malloc_trim(0); }

ssize_t clinux_send_two(int socket, const void *first, size_t first_length, const void *second,
                        size_t second_length) {
    // sendmsg(2) does not write through iov_base, which is not const for the sake of recvmsg(2).
    struct iovec parts[] = {{(void *)first, first_length}, {(void *)second, second_length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t count;
    do count = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    return count;
}

int clinux_undelivered(int socket) {
    int count = 0;
    return ioctl(socket, SIOCOUTQ, &count) == 0 ? count : 0;
}

int clinux_pipe(int *ends) { return pipe2(ends, O_NONBLOCK | O_CLOEXEC); }

int clinux_set_pipe_size(int pipe, int size) { return fcntl(pipe, F_SETPIPE_SZ, size); }

ssize_t clinux_splice(int source, int target, size_t limit) {
    return splice(source, NULL, target, NULL, limit, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

// An entry point of the Swift concurrency runtime. Swift's calling convention equals C's for a
// function without arguments that returns one pointer.
extern void *swift_task_getCurrent(void);

const void *clinux_current_task(void) { return swift_task_getCurrent(); }

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// In Linux a nice value is a thread's (setpriority(2)).
int clinux_lower_priority(void) { return setpriority(PRIO_PROCESS, 0, 19); }

int clinux_get_file_limit(struct rlimit *limit) { return getrlimit(RLIMIT_NOFILE, limit); }

int clinux_set_file_limit(const struct rlimit *limit) { return setrlimit(RLIMIT_NOFILE, limit); }

int clinux_usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}
