"""Those who relay, each to the same targets, and the targets."""

import os

from place import Failure, free_ports
from process import Server

BULK_MEBIBYTES = 1024


class Targets:
    """Where relays go: an echo and a sender of much; on the processor of the load."""

    def __init__(self, place):
        self._place = place
        self._running = {}

    def port(self, behaviour):
        """The port of the target that a row's behaviour asks for, started when first asked for."""
        if behaviour not in self._running:
            port, = free_ports(1)
            words = (["bulk", "serve", port, BULK_MEBIBYTES] if behaviour == "relay-bulk"
                     else ["limit", "127.0.0.1", port, "echo"])
            command = [self._place.programs / words[0], *words[1:]]
            server = Server(self._place, f"target-{behaviour}", command, port)
            os.sched_setaffinity(server.process.pid, {self._place.load_cpu})
            self._running[behaviour] = server
            server.wait_listening()
        return self._running[behaviour].port

    def close(self):
        for server in self._running.values():
            server.stop()
        self._running = {}


class _Relay:
    """What the others have in common: a file, and a program that reads it."""

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        target = place.targets.port(behaviour)
        path = place.path(f"{self.name}.conf")
        path.write_text(self.config(place, port, target, tls))
        return Server(place, self.name, self.command(path), port).wait_ready()


class HaproxyRelay(_Relay):
    """haproxy in tcp mode, one thread, splice where it pays."""

    name = "haproxy"

    def config(self, place, port, target, tls):
        secure = f" ssl crt {joined_certificate(place, tls)}" if tls else ""
        return f"""global
    nbthread 1
    maxconn 6000
    tune.ssl.default-dh-param 2048
defaults
    mode tcp
    option splice-auto
    timeout connect 10s
    timeout client 600s
    timeout server 600s
listen relay
    bind 127.0.0.1:{port}{secure} backlog 4096
    server target 127.0.0.1:{target}
"""

    def command(self, path):
        return [program("haproxy"), "-db", "-q", "-f", path]


class HitchRelay(_Relay):
    """hitch, one worker."""

    name = "hitch"

    def config(self, place, port, target, tls):
        user = 'user = "nobody"\n' if os.geteuid() == 0 else ""
        return f"""frontend = "[127.0.0.1]:{port}"
backend = "[127.0.0.1]:{target}"
pem-file = "{joined_certificate(place, tls)}"
workers = 1
backlog = 4096
quiet = on
daemon = off
tls-protos = TLSv1.2 TLSv1.3
{user}"""

    def command(self, path):
        return [program("hitch"), "--config", path]


class StunnelRelay(_Relay):
    """stunnel, a thread for each client."""

    name = "stunnel"

    def config(self, place, port, target, tls):
        return f"""foreground = yes
pid =
debug = 3
[relay]
accept = 127.0.0.1:{port}
connect = 127.0.0.1:{target}
cert = {joined_certificate(place, tls)}
"""

    def command(self, path):
        return [program("stunnel4"), path]


def joined_certificate(place, kind):
    """Certificate and key in one file."""
    certificate, key = place.certificate("bench.test", kind)
    path = place.directory / f"joined-{kind}.pem"
    path.write_bytes(certificate.read_bytes() + key.read_bytes())
    path.chmod(0o600)
    return path


def program(name):
    for directory in ("/usr/sbin", "/usr/bin"):
        path = os.path.join(directory, name)
        if os.access(path, os.X_OK):
            return path
    raise Failure(f"{name} is not installed")
