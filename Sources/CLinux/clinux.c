#define _GNU_SOURCE
#include "clinux.h"

#include <sched.h>

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

// An entry point of the Swift concurrency runtime. Swift's calling convention equals C's for a
// function without arguments that returns one pointer.
extern void *swift_task_getCurrent(void);

const void *clinux_current_task(void) { return swift_task_getCurrent(); }

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// In Linux a nice value is a thread's (setpriority(2)).
void clinux_lower_priority(void) { setpriority(PRIO_PROCESS, 0, 19); }

int clinux_get_file_limit(struct rlimit *limit) { return getrlimit(RLIMIT_NOFILE, limit); }

int clinux_set_file_limit(const struct rlimit *limit) { return setrlimit(RLIMIT_NOFILE, limit); }

int clinux_usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}
