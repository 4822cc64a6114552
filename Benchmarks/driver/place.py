"""The place a run works in: a directory, certificates, free ports, the processors."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path


KEY_WORDS = {"ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
             "rsa": ("-newkey", "rsa:2048")}


class Failure(Exception):
    """A row cannot be measured, and why."""


class Place:
    """A temporary directory with certificates; gone when the run is over."""

    def __init__(self, root, binary):
        self.root = root  # of the repository
        self.binary = binary  # icshostd
        self.programs = root / "Benchmarks" / "bin"
        self._directory = tempfile.TemporaryDirectory(prefix="icshostd-bench-")
        self.directory = Path(self._directory.name)
        self._serial = 0
        self._certificates = {}
        processors = sorted(os.sched_getaffinity(0))
        self.server_cpu = processors[0]
        self.load_cpu = processors[1] if len(processors) > 1 else processors[0]
        # Load and driver share the second processor; servers are started on the first.
        os.sched_setaffinity(0, {self.load_cpu})

    def close(self):
        self._directory.cleanup()

    def path(self, name):
        """A path nothing else uses."""
        self._serial += 1
        return self.directory / f"{self._serial}-{name}"

    def certificate(self, host, kind="ec"):
        """The paths of certificate and key of a host: P-256 or RSA 2048, self-signed, made once."""
        if (host, kind) not in self._certificates:
            certificate = self.directory / f"{host}-{kind}.pem"
            key = self.directory / f"{host}-{kind}.key"
            subprocess.run(
                ["openssl", "req", "-x509", *KEY_WORDS[kind], "-nodes", "-days", "30", "-subj", f"/CN={host}",
                 "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", certificate],
                check=True, capture_output=True)
            self._certificates[host, kind] = (certificate, key)
        return self._certificates[host, kind]


def free_ports(count):
    """Ports nobody listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def has_ipv6():
    """True when ::1 can be listened on."""
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False
