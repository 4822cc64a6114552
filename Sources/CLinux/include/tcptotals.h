// What the kernel has counted of one connection. Apart from clinux.h: the struct of <linux/tcp.h>
// has counters that the one of <netinet/tcp.h> lacks, and both are named alike.
#pragma once
#include <stdint.h>

/// The bytes that went over a TCP connection, whoever read and wrote them (TCP_INFO of tcp(7), Linux 4.1).
///
/// `received` are those that were read from the socket, `sent` those that were written to it, both
/// without what the FINs of the two sides count. One more each may be told of a connection that was
/// reset after such a FIN. Returns -1 for a socket that is not TCP's, and for an older kernel.
int tcptotals_get(int socket, uint64_t *_Nonnull received, uint64_t *_Nonnull sent);
