"""The servers of the comparison, each with the behaviour a row asks for."""

import os
import pwd
import re
import resource
import subprocess

from place import Failure, free_ports, has_ipv6
from process import Server

HANDLERS = {"echo": "echo", "discard": "discard", "return": "daytime", "bulk": "chargen",
            "cat": "exec", "module": "module"}
START_HANDLERS = ("echo", "discard", "daytime")

# More than a client takes, so that every server is in the middle when it goes.
BULK_BYTES = 1100 << 20

START_HOSTS = ("one.bench.test", "two.bench.test", "three.bench.test")


class Icshostd:
    """Ours, one worker."""

    name = "icshostd"
    binary = None  # that of the place

    def keys(self, place, behaviour):
        """The lines of a host that behaves so."""
        if behaviour.startswith("relay"):
            return ["HostTag=T", "Handler=proxy", "[Target1]", "HostTag=T", "TarHost=127.0.0.1",
                    f"TarPort={place.targets.port(behaviour)}"]
        if behaviour in ("web", "redirect"):
            lines = [f"Handler={behaviour}", "MaxRequestsKeepAlive=0", "KeepAliveTimeSec=3600"]
            if behaviour == "web":
                return lines + [f"WebDocDir={place.documents()}"]
            return lines + ["WebRedirectURL=https://bench.test/", "WebRedirectStat=301"]
        more = {"cat": ["Exec=/bin/cat"], "module": [f"Module={place.programs}/echo.so"]}
        return [f"Handler={HANDLERS[behaviour]}", *more.get(behaviour, [])]

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        lines = _server_section(place) + [
            "[IcsHost1]", "Hosts=bench.test" if tls else "Hosts=*", "BindIpAddr=127.0.0.1"]
        if tls:
            certificate, key = place.certificate("bench.test", tls)
            lines += [f"BindSslPort={port}", f"SslCert={certificate}", f"SslKey={key}"]
        else:
            lines += [f"BindNonPort={port}"]
        return self.launch(place, lines + self.keys(place, behaviour), port).wait_ready()

    def start_demo(self, place):
        """Three hosts as in etc/demo.conf, two of them on one SSL port; not waited for."""
        plain, ssl, other, other_ssl = free_ports(4)
        ports = ((plain, ssl), ("", ssl), (other, other_ssl))
        second = ["BindIpAddr2=::1"] if has_ipv6() else []
        lines = _server_section(place)
        for number, (host, handler) in enumerate(zip(START_HOSTS, START_HANDLERS)):
            certificate, key = place.certificate(host)
            lines += [f"[IcsHost{number + 1}]", f"Hosts={host}", "BindIpAddr=127.0.0.1",
                      *second, f"BindNonPort={ports[number][0]}",
                      f"BindSslPort={ports[number][1]}", f"SslCert={certificate}",
                      f"SslKey={key}", f"Handler={handler}"]
        return self.launch(place, lines, plain), _endpoints(plain, ssl, other, other_ssl)

    def launch(self, place, lines, port):
        """Starts it with these lines; not waited for."""
        config = place.path("icshostd.conf")
        config.write_text("\n".join(lines) + "\n")
        binary = self.binary or place.binary
        server = Server(place, self.name, [binary, "run", "--config", config], port,
                        notify=True)
        server.configuration = config
        return server


class Named:
    """Somebody whose figure needs no running server."""

    def __init__(self, name):
        self.name = name


class Builtin(Icshostd):
    """Ours with the built-in handler, where the row measures a module that does the same."""

    name = "builtin"

    def keys(self, place, behaviour):
        return ["Handler=echo"]


class Before(Icshostd):
    """Ours as an earlier build had it."""

    name = "before"

    def __init__(self, binary):
        self.binary = binary.resolve()


class Xinetd:
    """xinetd of the distribution; it logs nothing, and nothing limits it."""

    name = "xinetd"

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        user = pwd.getpwuid(os.geteuid()).pw_name
        config = place.path("xinetd.conf")
        config.write_text(f"""service bench
{{
    type = UNLISTED
    socket_type = stream
    protocol = tcp
    wait = no
    user = {user}
    bind = 127.0.0.1
    port = {port}
    server = /bin/cat
    instances = UNLIMITED
    per_source = UNLIMITED
    cps = 1000000 1
}}
""")
        command = ["/usr/sbin/xinetd", "-dontfork", "-f", config, "-pidfile",
                   place.path("xinetd.pid")]
        return Server(place, self.name, command, port).wait_ready()


class Limit:
    """The bare C server of this directory."""

    def __init__(self, name="limit"):
        self.name = name

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        command = [place.programs / "limit", "127.0.0.1", port, behaviour]
        if tls:
            command += ["--tls", *place.certificate("bench.test", tls)]
        return Server(place, self.name, command, port).wait_ready()

    def start_demo(self, place):
        port, = free_ports(1)
        command = [place.programs / "limit", "127.0.0.1", port, "echo", "--tls",
                   *place.certificate(START_HOSTS[0])]
        return Server(place, self.name, command, port), [(port, "127.0.0.1")]


class Nginx:
    """nginx of the distribution, one worker: stream for `return`, http for clients that wait."""

    name = "nginx"

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        listen = f"listen 127.0.0.1:{port}{' ssl' if tls else ''} backlog=4096;"
        certificate = _nginx_certificate(place, "bench.test", tls) if tls else ""
        if behaviour.startswith("relay"):
            body = (f"stream {{ server {{ {listen} {certificate} proxy_timeout 600s;"
                    f"proxy_pass 127.0.0.1:{place.targets.port(behaviour)}; }} }}")
            return self._run(place, port, body, _stream_module()).wait_ready()
        if behaviour == "return":
            body = ("stream { server { %s %s return '2026-01-01 00:00:00 UTC\\r\\n'; } }"
                    % (listen, certificate))
            return self._run(place, port, body, _stream_module()).wait_ready()
        if behaviour in ("web", "redirect"):
            files = (f"root {place.documents()}; sendfile on; tcp_nopush on;"
                     "open_file_cache max=1000; open_file_cache_valid 60s;"
                     "keepalive_requests 1000000000;")
            answer = "return 301 https://bench.test/;" if behaviour == "redirect" else ""
            body = f"{_nginx_http()} server {{ {listen} {certificate} {files} {answer} }} }}"
            return self._run(place, port, body).wait_ready()
        # A sparse file costs no disk, and is read from the page cache like any other.
        root = place.path("root")
        root.mkdir()
        with open(root / "bulk", "wb") as bulk:
            bulk.truncate(BULK_BYTES)
        body = f"{_nginx_http()} server {{ {listen} {certificate} root {root}; }} }}"
        return self._run(place, port, body).wait_ready()

    def start_demo(self, place):
        plain, ssl, other, other_ssl = free_ports(4)
        ports = ((plain, ssl), (None, ssl), (other, other_ssl))
        addresses = ["127.0.0.1"] + (["[::1]"] if has_ipv6() else [])
        servers = ""
        for host, (non, secure) in zip(START_HOSTS, ports):
            listen = "".join((f"listen {address}:{non};" if non else "")
                             + f"listen {address}:{secure} ssl;" for address in addresses)
            servers += "server { server_name %s; %s %s return 204; } " % (
                host, listen, _nginx_certificate(place, host))
        server = self._run(place, plain, f"{_nginx_http()} {servers} }}")
        return server, _endpoints(plain, ssl, other, other_ssl)

    def _run(self, place, port, body, module=""):
        prefix = place.path("nginx")
        prefix.mkdir()
        # As root the worker would change to an account that cannot enter our directory.
        user = "user root;" if os.geteuid() == 0 else ""
        config = prefix / "nginx.conf"
        config.write_text(f"""{module} {user}
daemon off; worker_processes 1; worker_rlimit_nofile {_descriptors()};
pid {prefix}/pid; error_log stderr error;
events {{ worker_connections {min(_descriptors(), 8192)}; }}
{body}
""")
        command = [nginx_program(), "-p", prefix, "-e", "stderr", "-c", config]
        return Server(place, self.name, command, port)


class Haproxy:
    """haproxy of the distribution, one thread, that answers from memory."""

    name = "haproxy"

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        config = place.path("haproxy.cfg")
        config.write_text(f"""
global
    nbthread 1
    maxconn 8000
defaults
    mode http
    timeout client 600s
    timeout connect 10s
    timeout server 10s
    timeout http-keep-alive 600s
frontend bench
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain file {place.documents() / "1k"}
""")
        return Server(place, self.name, ["/usr/sbin/haproxy", "-db", "-f", config],
                      port).wait_ready()


class Hitch:
    """hitch of the distribution, one worker, in front of the limit; the limit's time is not counted.

    It ends TLS and no more, so what it adds is one connection on the loopback for each of its own.
    """

    name = "hitch"

    def start(self, place, behaviour, tls):
        backend = Limit().start(place, behaviour, "")
        port, = free_ports(1)
        certificate, key = place.certificate("bench.test", tls)
        pem, config = place.path("hitch.pem"), place.path("hitch.conf")
        pem.write_bytes(key.read_bytes() + certificate.read_bytes())
        # It refuses to serve as root; the certificate is read before.
        user = 'user = "nobody"\n' if os.geteuid() == 0 else ""
        config.write_text(f"""{user}frontend = "[127.0.0.1]:{port}"
backend = "[127.0.0.1]:{backend.port}"
pem-file = "{pem}"
workers = 1
backlog = 4096
tls-protos = TLSv1.2 TLSv1.3
log-level = 0
""")
        server = Server(place, self.name, ["/usr/sbin/hitch", "--config", config], port)
        return _Relay(server.wait_ready(), backend)


class _Relay:
    """A server with the backend that it needs; all that is measured is the server's."""

    def __init__(self, server, backend):
        self._server, self._backend = server, backend

    def __getattr__(self, name):
        return getattr(self._server, name)

    def stop(self):
        self._server.stop()
        self._backend.stop()


def nginx_program():
    for path in ("/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"):
        if os.access(path, os.X_OK):
            return path
    raise Failure("nginx is not installed")


def _server_section(place):
    return ["[Server]", "Workers=1", "LogLevel=error", f"StateDirectory={place.directory}"]


def _endpoints(*ports):
    addresses = ["127.0.0.1"] + (["::1"] if has_ipv6() else [])
    return [(port, address) for port in ports for address in addresses]


def _descriptors():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _nginx_certificate(place, host, kind="ec"):
    certificate, key = place.certificate(host, kind)
    # The same policy as ours: 1.2 and 1.3, stateless tickets, one per handshake, no cache.
    return (f"ssl_certificate {certificate}; ssl_certificate_key {key};"
            "ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets on; ssl_session_cache off;"
            "ssl_conf_command NumTickets 1;")


def _nginx_http():
    temporary = "".join(f"{kind}_temp_path temp-{kind};" for kind in
                        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return (f"http {{ {temporary} access_log off; client_header_timeout 600s;"
            "keepalive_timeout 600s;")


def _stream_module():
    said = subprocess.run([nginx_program(), "-V"], capture_output=True, text=True).stderr
    if "--with-stream " in said + " ":
        return ""
    modules = re.search(r"--modules-path=(\S+)", said)
    path = f"{modules[1] if modules else '/usr/lib/nginx/modules'}/ngx_stream_module.so"
    if not os.path.exists(path):
        raise Failure(f"nginx has no stream module ({path})")
    return f"load_module {path};"
