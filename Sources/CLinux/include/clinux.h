// What Swift's Glibc module does not export: epoll, eventfd, accept4, and two things that have no
// Swift spelling, a thread-local pointer and a mutex that ThreadSanitizer understands.
#pragma once
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>

/// The loop that owns the calling thread, NULL on any other thread.
extern _Thread_local void *_Nullable clinux_current_loop;

/// accept4(2), which glibc declares only under _GNU_SOURCE.
int clinux_accept4(int fd, struct sockaddr *_Nullable address, socklen_t *_Nullable length,
                   int flags);

/// The identity of the running Swift task, NULL outside one: 60 times cheaper than comparing
/// UnsafeCurrentTask values. Only ever compared, never followed.
void *_Nullable clinux_current_task(void);
