/* Sends back what it gets, as the built-in handler does.
 *
 *     cc -O2 -shared -fPIC -o echo.so echo.c
 *
 * Add -I and the directory of icshostd_module.h where that is not installed. */
#include <icshostd_module.h>

static const icshostd_calls *calls;

static int load(const icshostd_host *host, void **module) {
    (void)module;
    /* The same for every host. */
    calls = host->calls;
    return 0;
}

static int data(void *state, icshostd_client *client, const uint8_t *bytes, size_t count) {
    (void)state;
    /* What the kernel does not take the daemon keeps, and reads no more until it is sent. */
    calls->write(client, bytes, count);
    return ICSHOSTD_CONTINUE;
}

static const icshostd_module table = {
    .version = ICSHOSTD_MODULE_VERSION,
    .load = load,
    .data = data,
};

const icshostd_module *icshostd_module_entry(void) { return &table; }
