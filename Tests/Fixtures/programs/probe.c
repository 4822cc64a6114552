/* Does what its client's first line says, and ends. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char zeros[1 << 20];

static int is(const char *line, const char *kind) { return strcmp(line, kind) == 0; }

static int say(int number, const char *text, size_t count) {
    while (count > 0) {
        ssize_t written = write(number, text, count);
        if (written <= 0) return 1;
        text += written;
        count -= (size_t)written;
    }
    return 0;
}

int main(void) {
    char line[16] = "";
    for (size_t length = 0; length < sizeof line - 1; length++) {
        if (read(0, line + length, 1) != 1) return 0;
        if (line[length] == '\n') {
            line[length] = 0;
            break;
        }
    }
    if (is(line, "echo")) return say(1, line, strlen(line));
    if (is(line, "flood")) return say(1, zeros, sizeof zeros);
    if (is(line, "fail")) {
        say(2, "fails\n", 6);
        return 3;
    }
    if (is(line, "crash")) raise(SIGKILL);
    if (is(line, "child") && fork() == 0) pause();
    if (is(line, "child")) return say(1, line, strlen(line));
    if (is(line, "wait")) {
        say(1, "waits\n", 6);
        pause();
    }
    return 0;
}
