#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/un.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of Linux 6.6; the number is the same on all machines.
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

int clinux_open_directory(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }

int clinux_open_place(const char *path) { return open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC); }

int clinux_open_place_at(int directory, const char *name) {
    return openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

int clinux_open_bound_file(int socket) { return ioctl(socket, SIOCUNIXFILE); }

int clinux_set_owner(int place, uint32_t user, uint32_t group) {
    return fchownat(place, "", user, group, AT_EMPTY_PATH);
}

int clinux_set_mode(int place, uint32_t mode) {
    if (syscall(SYS_fchmodat2, place, "", mode, AT_EMPTY_PATH) == 0) return 0;
    // ENOSYS of an older kernel, or what a system call filter says that does not know the call.
    char path[sizeof "/proc/self/fd/" + 3 * sizeof(int)];
    snprintf(path, sizeof path, "/proc/self/fd/%d", place);
    return chmod(path, mode);
}
