// What both programs need from the process they are: an end with a reason, and enough descriptors.
#ifndef ICSHOSTD_BENCH_PROCESS_H
#define ICSHOSTD_BENCH_PROCESS_H

// For accept4; so this header comes before all others.
#define _GNU_SOURCE

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

// Ends the program with a message, and with errno's meaning unless errno is 0.
__attribute__((noreturn, format(printf, 1, 2))) static inline void die(const char *format, ...) {
    int number = errno;
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, number != 0 ? ": %s\n" : "\n", strerror(number));
    exit(1);
}

// Raises the soft descriptor limit to the hard one: a held client is a descriptor.
static inline void raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) die("getrlimit");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) die("setrlimit");
}

// Reads a whole number from 1 to `most`, or ends the program naming the option.
static inline long whole_number(const char *option, const char *text, long most) {
    char *end = NULL;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < 1 || number > most) {
        errno = 0;
        die("%s must be a number from 1 to %ld, not \"%s\"", option, most, text);
    }
    return number;
}

#endif
