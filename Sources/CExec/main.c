// icshostd-exec: sets what a program of handler `exec` is to start with, and becomes that program.
//
// posix_spawn(3) can set neither limits nor users, and between fork and exec nothing of a process
// with threads should run: so this runs between two execs, with one thread and nothing inherited.
// It resolves no names, reads no files and allocates nothing; the daemon has done that.
//
// Usage: icshostd-exec version=1 SETTING... -- PROGRAM ARGUMENT...
// The first word is Program.launcherVersion of the daemon; each SETTING is one word, in this order:
//   l<NAME>=<soft>:<hard>      a limit of setrlimit(2), such as lNOFILE=1024:4096; "-" for unlimited
//   n<increment>               nice(2)
//   m<octal>                   umask(2)
//   s<group>,<group>...        supplementary groups
//   g<group>                   setresgid(2)
//   u<user>                    setresuid(2)
//   d<path>                    chdir(2), as that user
//   p<process>                 ends with its parent, which is this process (PR_SET_PDEATHSIG of prctl(2))
//
// Exit status, as env(1) has it: 125 a setting failed, 126 the program cannot be run, 127 there is none.
// The reason goes to standard error; "<3>" says to the journal that it is an error (sd-daemon(3)).
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { setting_failed = 125, not_executable = 126, not_found = 127, most_groups = 1024 };

static const char version[] = "version=1";

static void say(const char *text) {
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void fail(int status, const char *what, const char *subject) {
    const char *reason = strerror(errno);
    say("<3>icshostd-exec: ");
    say(what);
    say(" ");
    say(subject);
    say(": ");
    say(reason);
    say("\n");
    _exit(status);
}

static rlim_t limit(const char **text) {
    if (**text == '-') {
        ++*text;
        return RLIM_INFINITY;
    }
    char *end;
    rlim_t value = strtoull(*text, &end, 10);
    *text = end;
    return value;
}

static const struct {
    const char *name;
    int number;
} resources[] = {
    {"AS", RLIMIT_AS},         {"CORE", RLIMIT_CORE},       {"CPU", RLIMIT_CPU},
    {"DATA", RLIMIT_DATA},     {"FSIZE", RLIMIT_FSIZE},     {"MEMLOCK", RLIMIT_MEMLOCK},
    {"NOFILE", RLIMIT_NOFILE}, {"NPROC", RLIMIT_NPROC},     {"STACK", RLIMIT_STACK},
};

static int set_limit(const char *text) {
    size_t length = strcspn(text, "=");
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        if (strlen(resources[i].name) != length || memcmp(text, resources[i].name, length) != 0)
            continue;
        const char *rest = text + length + 1;
        struct rlimit values;
        values.rlim_cur = limit(&rest);
        rest++;
        values.rlim_max = limit(&rest);
        return setrlimit(resources[i].number, &values);
    }
    errno = EINVAL;
    return -1;
}

static int set_groups(const char *text) {
    gid_t groups[most_groups];
    size_t count = 0;
    while (*text && count < most_groups) {
        char *end;
        groups[count++] = (gid_t)strtoul(text, &end, 10);
        text = *end ? end + 1 : end;
    }
    return setgroups(count, groups);
}

static int set_niceness(const char *text) {
    errno = 0;
    // -1 is a niceness, too.
    return nice((int)strtol(text, NULL, 10)) == -1 && errno != 0 ? -1 : 0;
}

// Whoever was to end the program is gone then, so it is killed at once. The kernel forgets this when the
// user changes, hence after that; and when the program is setuid.
static int end_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
    if (getppid() == parent) return 0;
    errno = ESRCH;
    return -1;
}

static int set(const char *setting) {
    const char *value = setting + 1;
    unsigned int id = (unsigned int)strtoul(value, NULL, 10);
    switch (setting[0]) {
    case 'l': return set_limit(value);
    case 'n': return set_niceness(value);
    case 'm': return umask((mode_t)strtoul(value, NULL, 8)), 0;
    case 's': return set_groups(value);
    case 'g': return setresgid(id, id, id);
    case 'u': return setresuid(id, id, id);
    case 'd': return chdir(value);
    case 'p': return end_with_parent((pid_t)id);
    default: errno = EINVAL; return -1;
    }
}

// posix_spawn(3) leaves the two ignored that are glibc's own, and no libc lets one of its own be set.
static void reset_signals(void) {
    // More than struct sigaction has in the kernel: SIG_DFL, no flags, no mask.
    static const unsigned long action[8];
    for (int number = 32; number <= 33; number++)
        syscall(SYS_rt_sigaction, number, action, NULL, 8);
}

int main(int count, char **words, char **environment) {
    if (count < 2 || strcmp(words[1], version) != 0) {
        say("<3>icshostd-exec: the daemon is of another version, it says ");
        say(count < 2 ? "nothing" : words[1]);
        say(" and not ");
        say(version);
        say(": install both from one build\n");
        _exit(setting_failed);
    }
    reset_signals();
    int next = 2;
    for (; next < count && strcmp(words[next], "--") != 0; next++)
        if (set(words[next]) != 0) fail(setting_failed, "cannot set", words[next]);
    if (next + 1 >= count) {
        errno = EINVAL;
        fail(setting_failed, "cannot run", "nothing");
    }
    // The rights that the daemon's unit gives it are not the program's; a kernel without them has none.
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    char **program = words + next + 1;
    execve(program[0], program, environment);
    fail(errno == ENOENT ? not_found : not_executable, "cannot run", program[0]);
}
