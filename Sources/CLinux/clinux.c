#define _GNU_SOURCE
#include "clinux.h"

_Thread_local void *clinux_current_loop;

int clinux_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(fd, address, length, flags);
}

// An entry point of the Swift concurrency runtime; its calling convention is the C one but for
// registers that a call without arguments does not use.
extern void *swift_task_getCurrent(void);

void *clinux_current_task(void) { return swift_task_getCurrent(); }
