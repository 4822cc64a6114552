#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawnattr_setsigdefault(attributes, &all);
    if (error == 0) error = posix_spawnattr_setsigmask(attributes, &none);
    if (error == 0)
        error = posix_spawnattr_setflags(
            attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    return error;
}

// Duplicates lose close-on-exec, and posix_spawn takes it from one that is in its place already.
static int set_actions(posix_spawn_file_actions_t *actions, const int descriptors[3]) {
    int error = 0;
    for (int number = 0; number < 3 && error == 0; number++)
        error = posix_spawn_file_actions_adddup2(actions, descriptors[number], number);
    return error != 0 ? error : posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

int clinux_spawn(pid_t *process, const char *path, char *const *arguments,
                 char *const *environment, int input, int output, int errors) {
    posix_spawnattr_t attributes;
    int error = posix_spawnattr_init(&attributes);
    if (error != 0) return error;
    posix_spawn_file_actions_t actions;
    error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        error = set_attributes(&attributes);
        if (error == 0) error = set_actions(&actions, (int[3]){input, output, errors});
        if (error == 0)
            error = posix_spawn(process, path, &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return error;
}

int clinux_open_process(pid_t process) { return pidfd_open(process, 0); }

int clinux_has_ended(pid_t process, int *status, int *killed) {
    siginfo_t information;
    information.si_pid = 0;
    int result;
    do
        result = waitid(P_PID, (id_t)process, &information, WEXITED | WNOHANG | WNOWAIT);
    while (result != 0 && errno == EINTR);
    // Nobody else reaps our children; if somebody did, it has ended and nobody knows how.
    if (result == 0 && information.si_pid == 0) return 0;
    *killed = result == 0 && information.si_code != CLD_EXITED;
    *status = result == 0 ? information.si_status : 0;
    return 1;
}

void clinux_reap(pid_t process) {
    while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}

int clinux_socket_pair(int ends[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    return clinux_set_blocking(ends[0], 0);
}

int clinux_set_blocking(int descriptor, int is_blocking) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, is_blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

int clinux_set_effective(uint64_t capabilities) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -1;
    for (int half = 0; half < 2; half++)
        data[half].effective = data[half].permitted & (uint32_t)(capabilities >> 32 * half);
    return (int)syscall(SYS_capset, &header, data);
}
