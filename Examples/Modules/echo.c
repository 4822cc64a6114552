/* Sends back what it gets, as the built-in handler does.
 *
 *     cc -O2 -shared -fPIC -o echo.so echo.c
 *
 * Add -I with the directory of icshostd_module.h if the header is not installed. */
#include <icshostd_module.h>

static const icshostd_calls *calls;

static int load(const icshostd_host *host, void **module) {
    (void)module;
    /* The table is the same for every host. */
    calls = host->calls;
    return 0;
}

static int data(void *state, icshostd_client *client, const uint8_t *bytes, size_t count) {
    (void)state;
    /* The daemon keeps bytes that the kernel does not take, and stops reading until they are sent. */
    calls->write(client, bytes, count);
    return ICSHOSTD_CONTINUE;
}

static const icshostd_module table = {
    .version = ICSHOSTD_MODULE_VERSION,
    .load = load,
    .data = data,
};

const icshostd_module *icshostd_module_entry(void) { return &table; }
