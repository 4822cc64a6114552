"""Rows of a reload: ten thousand hosts, one of which changes, while a client echoes all the while."""

import socket
import subprocess
import threading
import time

from place import Failure, free_ports
from plans import HOSTS
from servers import Icshostd, _server_section

MANY, BESIDE = "icshostd", "no reload"
RELOADS = 10  # in a round
ROUNDS = 5
SIZE = 64  # bytes of an echo
PATIENCE = 60  # seconds, for the examiner to be through


def measure(place, row, options):
    """Returns rounds; a round maps both to what was measured of them."""
    port, ssl = free_ports(2)
    lines = _lines(place, port, ssl)
    server = Icshostd().launch(place, lines, port).wait_listening()
    try:
        server.wait_quiet(PATIENCE)
        changes = _Changes(place, server, lines)
        changes.apply()  # the first one meets cold pages
        return [_round(row, server, changes) for _ in range(min(options.rounds, ROUNDS))]
    finally:
        server.stop()


def _lines(place, port, ssl):
    """One plain host for the client that echoes, and the many on one SSL port."""
    lines = _server_section(place) + [
        f"ControlSocket={place.path('control')}", "[Host0]", "Hosts=*", "BindIpAddr=127.0.0.1",
        f"BindNonPort={port}", "Handler=echo"]
    for number in range(HOSTS):
        lines += [f"[Host{number + 1}]", f"Hosts=h{number}.bench.test", "BindIpAddr=127.0.0.1",
                  f"BindSslPort={ssl}", f"SslCert={place.plans.certificate(number)}",
                  "Handler=echo"]
    return lines


class _Changes:
    """A configuration whose last host changes its handler with each reload."""

    def __init__(self, place, server, lines):
        self._place, self._server, self._lines = place, server, lines
        self._path = server.configuration
        self._handlers = ["echo", "discard"]

    def apply(self):
        """Changes the host; returns the seconds that icshostd reload took, as the unit runs it."""
        self._handlers.reverse()
        self._path.write_text("\n".join([*self._lines[:-1], f"Handler={self._handlers[0]}"]) + "\n")
        started = time.monotonic()
        done = subprocess.run([self._place.binary, "reload", "--config", self._path],
                              capture_output=True, text=True)
        elapsed = time.monotonic() - started
        if done.returncode != 0 or "1 changed" not in done.stderr:
            raise Failure(f"icshostd reload: {done.stderr.strip()}")
        self._server.check_alive()
        return elapsed


def _round(row, server, changes):
    with _Echo(server.port) as echo:
        times = [changes.apply() for _ in range(RELOADS)]
        during = echo.stop()
    with _Echo(server.port) as echo:
        time.sleep(sum(times))
        beside = echo.stop()
    if row.name == "reload":
        return {MANY: {"figure": sum(times) / len(times) * 1000, "most": max(times) * 1000},
                BESIDE: {"figure": 0}}
    return {name: {"figure": _percentile(waits, 0.999) * 1000, "most": max(waits) * 1000,
                   "median": _percentile(waits, 0.5) * 1000, "echoes": len(waits)}
            for name, waits in ((MANY, during), (BESIDE, beside))}


def _percentile(waits, part):
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * part))]


class _Echo:
    """A client that sends as soon as it has got back what it sent, in a thread of its own."""

    def __init__(self, port):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waits, self._failure, self._is_over = [], None, False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._is_over = True
        self._thread.join()
        self._socket.close()

    def stop(self):
        """Returns the seconds of each round trip."""
        self._is_over = True
        self._thread.join()
        if self._failure:
            raise Failure(f"the client that echoes: {self._failure}")
        return self._waits

    def _run(self):
        message = b"e" * SIZE
        try:
            while not self._is_over:
                started = time.monotonic()
                self._socket.sendall(message)
                if self._socket.recv(SIZE, socket.MSG_WAITALL) != message:
                    raise OSError("the server ended")
                self._waits.append(time.monotonic() - started)
        except OSError as error:
            self._failure = error
