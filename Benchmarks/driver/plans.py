"""Ten thousand hosts, read and checked by command: icshostd plan, nginx -t, haproxy -c."""

import math
import os
import resource
import subprocess
import time

from place import Failure
from servers import nginx_program

HOSTS = 10_000
# From the first to the last the time must grow in proportion.
GROWTH = (1_000, 20_000)


class Plans:
    """The configurations of one run: each is written once, and each of the others measured once."""

    def __init__(self, place):
        self._place = place
        self._directory = place.path("plans")
        self._directory.mkdir()
        self._certificates = None
        self._measured = {}

    def measure(self, name, layout, count=HOSTS):
        """Seconds and MiB at most of one run over hosts that share a listener or have their own."""
        if name != "icshostd":
            if (name, layout, count) not in self._measured:
                self._measured[name, layout, count] = self._run(name, layout, count)
            return self._measured[name, layout, count]
        return self._run(name, layout, count)

    def exponent(self, layout):
        """The power of the number of hosts with which the time of icshostd grows."""
        few, many = (min(self._run("icshostd", layout, count)[0] for _ in range(3))
                     for count in GROWTH)
        return math.log(many / few) / math.log(GROWTH[1] / GROWTH[0])

    def _run(self, name, layout, count):
        path = self._directory / f"{name}-{layout}-{count}"
        if not path.exists():
            path.write_text(getattr(self, f"_{name}")(layout, count))
        command = {"icshostd": [self._place.binary, "plan", "--config", path],
                   "nginx": [nginx_program(), "-t", "-p", self._directory, "-e", "stderr",
                             "-c", path],
                   "haproxy": [haproxy_program(), "-c", "-f", path]}[name]
        with open(self._place.path(f"{name}.log"), "wb+") as log:
            started = time.monotonic()
            process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, preexec_fn=_as_many_files_as_possible)
            _, status, usage = os.wait4(process.pid, 0)
            elapsed = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                log.seek(0)
                said = log.read().decode(errors="replace")[-1000:]
                raise Failure(f"{name}: status {process.returncode} for {count} hosts: {said}")
        return elapsed, usage.ru_maxrss / 1024

    def certificate(self, number):
        """The file of certificate and key of a host; all are made at the first call."""
        if self._certificates is None:
            self._certificates = self._directory / "certificates"
            self._certificates.mkdir()
            subprocess.run([self._place.programs / "certificates", self._certificates, str(HOSTS)],
                           check=True)
        return self._certificates / f"h{number}.pem"

    def _icshostd(self, layout, count):
        # Their certificate files do not exist, and are not opened.
        return "".join(
            f"[Host{number + 1}]\nHosts=h{number}.bench.test\nHostEnabled=True\n"
            f"HostTag=TAG{number}\nBindIpAddr={_address(layout, number)}\nBindSslPort=8443\n"
            f"SslCert=/etc/icshostd/certs/h{number}.pem\nHandler=echo\n\n"
            for number in range(count))

    def _nginx(self, layout, count):
        servers = "".join(
            f"server {{ listen {_address(layout, number)}:8443 ssl; "
            f"server_name h{number}.bench.test; ssl_certificate {self.certificate(number)}; "
            f"ssl_certificate_key {self.certificate(number)}; return 204; }}\n"
            for number in range(count))
        return (f"pid {self._directory}/pid; error_log stderr error;\n"
                "events { worker_connections 100000; }\n"
                "http { access_log off; server_names_hash_max_size 65536;\n" + servers + "}\n")

    def _haproxy(self, layout, count):
        head = ("global\n maxconn 1000\ndefaults\n mode http\n timeout client 10s\n"
                " timeout connect 10s\n timeout server 10s\nfrontend all\n")
        end = " http-request return status 204\n"
        if layout == "distinct":
            return head + "".join(
                f" bind {_address(layout, number)}:8443 ssl crt {self.certificate(number)}\n"
                for number in range(count)) + end
        names = self._directory / f"crt-list-{count}"
        names.write_text("".join(f"{self.certificate(number)} h{number}.bench.test\n"
                                 for number in range(count)))
        return head + f" bind {_address(layout, 0)}:8443 ssl crt-list {names}\n" + end


def haproxy_program():
    for path in ("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy"):
        if os.access(path, os.X_OK):
            return path
    raise Failure("haproxy is not installed")


def _address(layout, number):
    """One address for all, or one for each."""
    return "127.0.0.1" if layout == "shared" else f"127.1.{number // 250}.{number % 250 + 1}"


def _as_many_files_as_possible():
    # nginx -t really listens.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
