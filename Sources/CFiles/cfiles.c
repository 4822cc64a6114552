#define _GNU_SOURCE
#include "cfiles.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

int cfiles_open_folder(const char *path) {
    return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int cfiles_open_beneath(int directory, const char *path) {
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    for (int tries = 0;; tries++) {
        long number = syscall(SYS_openat2, directory, path, &how, sizeof how);
        if (number >= 0 || (errno != EINTR && errno != EAGAIN) || tries == 16) return (int)number;
    }
}

int cfiles_open_name(int directory, const char *name, enum cfiles_purpose purpose) {
    static const int flags[] = {
        [CFILES_READ] = O_RDONLY | O_NONBLOCK | O_NOCTTY,
        // O_DIRECTORY also lets a file system be mounted that waits to be asked for (autofs).
        [CFILES_READ_FOLDER] = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_DIRECTORY,
        [CFILES_ENTER] = O_PATH | O_DIRECTORY,
        [CFILES_PLACE] = O_PATH,
    };
    for (int tries = 0;; tries++) {
        int number = openat(directory, name, flags[purpose] | O_NOFOLLOW | O_CLOEXEC);
        if (number >= 0 || (errno != EINTR && errno != EAGAIN) || tries == 16) return number;
    }
}

// linux/mount.h has no name for what statfs(2) tells.
#ifndef ST_NOSYMFOLLOW
#define ST_NOSYMFOLLOW 0x2000
#endif

int cfiles_links_of(int file) {
    struct statfs system;
    if (fstatfs(file, &system) != 0) return -1;
    return system.f_type == PROC_SUPER_MAGIC ? 1 : system.f_flags & ST_NOSYMFOLLOW ? 2 : 0;
}
