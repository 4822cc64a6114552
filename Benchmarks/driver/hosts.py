"""Rows with ten thousand hosts on one port, each with a certificate of its own; beside it, one host."""

import time

from load import Load
from place import Failure, free_ports
from plans import HOSTS
from servers import Icshostd, _server_section

MANY, ONE = "icshostd", "one host"
PATIENCE = 60  # seconds, for the examiner to be through
# Enough for some hundred first handshakes, long before the examiner has come to those hosts.
COLD_MILLISECONDS = 1000
ROUNDS = 5


def measure(place, row, options, alternate, processor_time):
    """Returns rounds; a round maps both to what was measured of them."""
    if row.name == "hosts-handshake":
        return _handshakes(place, row, options, alternate, processor_time)
    once = {"hosts-start": _start, "hosts-memory": _memory, "hosts-cold": _cold}[row.name]
    return [{MANY: once(place, HOSTS), ONE: once(place, 1)}
            for _ in range(min(options.rounds, ROUNDS))]


def _launch(place, count):
    """Starts the daemon with so many hosts; not waited for."""
    port, = free_ports(1)
    lines = _server_section(place)
    for number in range(count):
        lines += [f"[Host{number + 1}]", f"Hosts=h{number}.bench.test", "BindIpAddr=127.0.0.1",
                  f"BindSslPort={port}", f"SslCert={place.plans.certificate(number)}",
                  "Handler=echo"]
    return Icshostd().launch(place, lines, port)


def _start(place, count):
    server = _launch(place, count)
    ready, listening = server.ready_and_listening([(server.port, "127.0.0.1")])
    return {"figure": ready * 1000, "listening": listening * 1000}


def _shake(place, server, count, milliseconds, connections=1):
    """Goes through the names, the last first; returns what the load counted."""
    words = ["handshake", "--connections", str(connections), "--names", str(count),
             "--milliseconds", str(milliseconds)]
    with Load(place, server, words) as load:
        return load.go()


def _use_all(place, server, count):
    """A handshake with every host, with the examiner through."""
    end, connections = time.monotonic() + PATIENCE, min(count, 8)
    while True:
        milliseconds = 15000 if count > 1 else 100
        if _shake(place, server, count, milliseconds, connections)["operations"] >= count:
            break
        if time.monotonic() > end:
            raise Failure(f"{count} hosts were not used within {PATIENCE} s")
    server.wait_quiet(PATIENCE)


def _memory(place, count):
    server = _launch(place, count).wait_listening()
    try:
        _use_all(place, server, count)
        memory = server.memory()
        return {"figure": memory["Pss"] / 1024, "anonymous": memory["Pss_Anon"] / 1024}
    finally:
        server.stop()


def _cold(place, count):
    server = _launch(place, count).wait_listening()
    try:
        cold = _shake(place, server, count, COLD_MILLISECONDS)
        server.wait_quiet(PATIENCE)
        warm = _shake(place, server, count, COLD_MILLISECONDS)
        cold, warm = (one["elapsed"] / one["operations"] * 1000 for one in (cold, warm))
        return {"figure": cold - warm if count > 1 else warm, "cold": cold, "warm": warm}
    finally:
        server.stop()


class _Kind:
    """One of the two in a comparison of speed."""

    def __init__(self, name, count):
        self.name, self.count = name, count


def _handshakes(place, row, options, alternate, processor_time):
    kinds, servers = [_Kind(MANY, HOSTS), _Kind(ONE, 1)], {}
    try:
        for kind in kinds:
            servers[kind.name] = _launch(place, kind.count).wait_listening()
            _use_all(place, servers[kind.name], kind.count)
        return alternate(kinds, options.rounds, lambda kind: processor_time(
            place, servers[kind.name],
            [*row.load, "--names", str(kind.count), "--milliseconds",
             str(round(options.seconds * 1000))]), warm=True)
    finally:
        for server in servers.values():
            server.stop()
