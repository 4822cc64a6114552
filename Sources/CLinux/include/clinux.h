// What Swift's Glibc module does not export: epoll, eventfd, signalfd, accept4, and two things that
// have no Swift spelling, a thread-local pointer and the identity of the running task.
#pragma once
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

/// The loop that owns the calling thread, NULL on any other thread.
const void *_Nullable clinux_current_loop(void);
void clinux_set_current_loop(const void *_Nullable loop);

/// accept4(2), which glibc declares only under _GNU_SOURCE: close-on-exec and non-blocking.
int clinux_accept(int listener, struct sockaddr *_Nullable address, socklen_t *_Nullable length);

/// SO_PEERCRED of a unix socket, whose struct glibc declares only under _GNU_SOURCE.
int clinux_peer(int socket, int32_t *_Nonnull process, uint32_t *_Nonnull user);

/// sendmsg(2) of two parts, again after EINTR; a vanished peer is EPIPE, never SIGPIPE.
ssize_t clinux_send_two(int socket, const void *_Nullable first, size_t first_length,
                        const void *_Nullable second, size_t second_length);

/// SIOCOUTQ: the bytes that the other end has not confirmed; 0 when nobody can tell.
int clinux_undelivered(int socket);

/// pipe2(2) and F_SETPIPE_SZ and splice(2), which glibc declares only under _GNU_SOURCE:
/// close-on-exec, non-blocking.
int clinux_pipe(int *_Nullable ends);
int clinux_set_pipe_size(int pipe, int size);
ssize_t clinux_splice(int source, int target, size_t limit);

/// The identity of the running Swift task, NULL outside one: 60 times cheaper than comparing
/// UnsafeCurrentTask values. Only ever compared, never followed.
const void *_Nullable clinux_current_task(void);

/// Names the calling thread for ps(1), top(1) and gdb; at most 15 bytes.
void clinux_name_thread(const char *_Nonnull name);

/// Gives the calling thread the lowest priority (nice 19); -1 where that is refused.
int clinux_lower_priority(void);

/// malloc_trim(3): gives the free pages of all heaps back to the kernel.
void clinux_give_memory_back(void);

/// getrlimit(2) and setrlimit(2) for RLIMIT_NOFILE, whose C parameter is an enum in C++ headers
/// and an int elsewhere.
int clinux_get_file_limit(struct rlimit *_Nonnull limit);
int clinux_set_file_limit(const struct rlimit *_Nonnull limit);

/// Starts a program with posix_spawn(3): in a session, and so a process group, of its own, with default
/// and unblocked signals, and with no descriptors but these three as 0, 1 and 2.
///
/// Returns 0 or an error number.
int clinux_spawn(pid_t *_Nonnull process, const char *_Nonnull path,
                 char *_Nullable const *_Nonnull arguments,
                 char *_Nullable const *_Nonnull environment, int input, int output, int errors);

/// A descriptor that is readable once the process has ended (pidfd_open(2)).
int clinux_open_process(pid_t process);

/// Looks whether a child has ended (waitid(2)), and how: `status` is its exit status, or a signal's
/// number with `killed` 1. It stays a zombie, which keeps its number from others, until
/// clinux_reap. Returns whether it has ended.
int clinux_has_ended(pid_t process, int *_Nonnull status, int *_Nonnull killed);

/// Forgets a child that has ended; waits for one that has not.
void clinux_reap(pid_t process);

/// A pair of connected stream sockets: close-on-exec, `ends[0]` non-blocking.
int clinux_socket_pair(int ends[_Nonnull 2]);

/// Sets or clears O_NONBLOCK of an open file description, which all its duplicates share.
int clinux_set_blocking(int descriptor, int is_blocking);

/// Puts of the permitted capabilities of the calling thread just these in effect (capset(2)), a bit for
/// each by its number. Returns 0, or -1 with errno.
int clinux_set_effective(uint64_t capabilities);

/// Opens a directory, or a file and not what a symbolic link leads to, as a place only (open(2), O_PATH);
/// close-on-exec. Returns -1 with errno.
int clinux_open_directory(const char *_Nonnull path);
int clinux_open_place(const char *_Nonnull path);
int clinux_open_place_at(int directory, const char *_Nonnull name);

/// The file that bind(2) made for a unix socket, as a place only, whatever its path leads to now
/// (SIOCUNIXFILE, Linux 4.16); close-on-exec. Returns -1 with errno: EPERM without CAP_NET_ADMIN.
int clinux_open_bound_file(int socket);

/// Changes whom a place belongs to (fchownat(2)) and its mode (fchmodat2(2), or chmod(2) by way of procfs
/// where that is refused). Both return 0, or -1 with errno.
int clinux_set_owner(int place, uint32_t user, uint32_t group);
int clinux_set_mode(int place, uint32_t mode);

/// The processors this thread may run on (sched_getaffinity(2)), at least 1.
int clinux_usable_processors(void);
