#include "tcptotals.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// The states of a connection as the kernel numbers them, in its order since the first Linux.
enum { fin_wait1 = 4, fin_wait2 = 5, time_wait = 6, close_wait = 8, last_ack = 9, closing = 11 };

static unsigned in_state(int state, unsigned states) { return states >> state & 1; }

int tcptotals_get(int socket, uint64_t *received, uint64_t *sent) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    if (length < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return -1;
    int unread = 0, unacknowledged = 0;
    if (ioctl(socket, SIOCINQ, &unread) != 0 || ioctl(socket, SIOCOUTQ, &unacknowledged) != 0)
        return -1;
    // To the counters of the kernel a FIN is a byte.
    unsigned ended_by_peer = in_state(
        info.tcpi_state, 1u << close_wait | 1u << last_ack | 1u << closing | 1u << time_wait);
    unsigned ended_here = in_state(
        info.tcpi_state, 1u << fin_wait1 | 1u << fin_wait2 | 1u << last_ack | 1u << closing
                             | 1u << time_wait);
    *received = info.tcpi_bytes_received - ended_by_peer - (unsigned)unread;
    *sent = info.tcpi_bytes_acked + (unsigned)unacknowledged - ended_here;
    return 0;
}
