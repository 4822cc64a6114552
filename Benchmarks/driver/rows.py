"""The rows of the table: what is measured, against whom, and what is to be reached."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """What is to be reached: a ratio, or a figure of our own; None: shown for information."""

    ratio: float = None
    absolute: float = None


@dataclass(frozen=True)
class Row:
    """One thing measured, with everybody it is compared with."""

    name: str
    title: str
    kind: str  # "speed", "memory", "start", "reload", "plan", "plan-memory" or "plan-growth"
    behaviour: str = ""  # of the servers: echo, discard, return; of hosts: shared, distinct
    key: str = ""  # of the certificate: ec (P-256) or rsa (2048); "": plain
    load: tuple = ()  # words for the load program
    against: dict = field(default_factory=dict)  # name of the other: Target
    clients: int = 5000  # that a memory row holds


_FULL, _RESUMED = ("handshake", "--connections", "32"), ("resume", "--connections", "32")
_BULK = ("bulk", "--mebibytes", "1024")
_ECHO = ("echo", "--connections", "64", "--size", "64")

_GET = ("get", "--connections", "64", "--get")
_LARGE = ("get", "--connections", "4", "--get")
_ONCE = ("get-close", "--connections", "32", "--get", "/1k")
_LIMIT = {"limit": Target(1.10)}


def _handshakes(suffix, title, key, version, against):
    """Full and resumed handshakes: with an echo, which hitch relays, and with a line, as nginx does."""
    for mode, words, kind in (("handshake", _FULL, "full"), ("resume", _RESUMED, "resumed")):
        yield Row(f"{mode}{suffix}", f"{kind} handshake ({title}) + one echo + close", "speed",
                  "echo", key, (*words, *version), {**against, "hitch": Target(1.03)})
        yield Row(f"{mode}-line{suffix}",
                  f"{kind} handshake ({title}) + one line from the server + close", "speed",
                  "return", key, (*words, "--line", *version),
                  {**against, "nginx": Target(1.03)})


ROWS = (
    Row("echo", "echo, 64 B, 64 clients", "speed", "echo", "", _ECHO,
        {"limit": Target(1.15)}),
    Row("echo-tls", "echo, 64 B, 64 clients, TLS", "speed", "echo", "ec", (*_ECHO, "--tls"),
        {"limit": Target(1.10)}),
    Row("connect", "connect + one echo + close", "speed", "echo", "",
        ("connect", "--connections", "64"), {"limit": Target(1.25)}),
    *_handshakes("", "TLS 1.3, P-256", "ec", (), _LIMIT),
    *_handshakes("-rsa", "TLS 1.3, RSA 2048", "rsa", (), {}),
    *_handshakes("-12", "TLS 1.2, P-256", "ec", ("--tls12",), {}),
    *_handshakes("-12-rsa", "TLS 1.2, RSA 2048", "rsa", ("--tls12",), {}),
    Row("download-tls", "1 GiB from the server, TLS (chargen; nginx: a file in the page cache)",
        "speed", "bulk", "ec", ("download", "--connections", "1", "--size", str(1 << 30),
                                "--get", "/bulk", "--tls"), {"nginx": Target(1.05)}),
    Row("exec", "exec /bin/cat, one line, close (the programs' time counts)", "speed", "cat", "",
        ("connect", "--connections", "4"), {"xinetd": Target(1.2)}),
    Row("module-echo", "echo of a module in C, 64 B, 64 clients", "speed", "module", "", _ECHO,
        {"builtin": Target(1.15)}),
    Row("memory", "memory per idle client (echo, after one echo: a task waits)", "memory", "echo",
        "", ("--touch",), {"limit": Target(absolute=1.6)}),
    Row("memory-rest", "memory per idle client (echo, nothing sent yet: at rest)", "memory",
        "echo", "", (), {"limit": Target(absolute=0.4), "nginx": Target()}),
    Row("memory-tls", "memory per idle client (echo, after one echo: a task waits), TLS", "memory",
        "echo", "ec", ("--tls", "--touch"), {"limit": Target(1.10)}),
    Row("memory-tls-rest", "memory per idle client (echo, nothing sent yet: at rest), TLS",
        "memory", "echo", "ec", ("--tls",), {"limit": Target(1.10), "nginx": Target(1.0)}),
    Row("relay", "relay, 64 B there and back, 64 clients", "speed", "relay", "", _ECHO,
        {"haproxy": Target(0.95), "nginx": Target(0.95)}),
    Row("relay-connect", "connect + relay one message there and back + close", "speed", "relay",
        "", ("connect", "--connections", "64"), {"haproxy": Target(1.03)}),
    Row("relay-bulk", "relay 1 GiB, plain", "speed", "relay-bulk", "", _BULK,
        {"haproxy": Target(1.05)}),
    Row("relay-tls", "TLS termination + relay, 64 B there and back, 64 clients", "speed", "relay",
        "ec", (*_ECHO, "--tls"),
        {"haproxy": Target(1.03), "hitch": Target(1.03), "stunnel": Target(1.03)}),
    Row("relay-tls-bulk", "TLS termination + relay 1 GiB", "speed", "relay-bulk", "ec",
        (*_BULK, "--tls"),
        {"haproxy": Target(1.03), "hitch": Target(1.03), "stunnel": Target(1.03)}),
    Row("relay-memory", "memory per relayed idle pair, 2,000 pairs", "memory", "relay", "",
        ("--touch",), {"haproxy": Target(1.0)}, clients=2000),
    Row("web-1k", "HTTP, 1 KiB file, keep-alive, 64 clients", "speed", "web", "",
        (*_GET, "/1k"), {"nginx": Target(0.85), "haproxy": Target(1.0)}),
    Row("web-1k-tls", "the same, TLS", "speed", "web", "ec", (*_GET, "/1k", "--tls"),
        {"nginx": Target(0.90)}),
    Row("web-100k", "HTTP, 100 KiB file, keep-alive", "speed", "web", "",
        (*_GET, "/100k"), {"nginx": Target(1.03)}),
    Row("web-100k-tls", "the same, TLS", "speed", "web", "ec", (*_GET, "/100k", "--tls"),
        {"nginx": Target(1.03)}),
    Row("web-1g", "HTTP, 1 GiB file, 4 clients", "speed", "web", "", (*_LARGE, "/1g"),
        {"nginx": Target(1.03)}),
    Row("web-1g-tls", "the same, TLS", "speed", "web", "ec", (*_LARGE, "/1g", "--tls"),
        {"nginx": Target(1.03)}),
    Row("web-connect", "HTTP, connect + 1 KiB file + close", "speed", "web", "", _ONCE,
        {"nginx": Target(1.0)}),
    Row("web-connect-tls", "the same, full TLS 1.3 handshake each", "speed", "web", "ec",
        (*_ONCE, "--tls"), {"nginx": Target(1.03)}),
    Row("web-redirect", "HTTP, redirect (301), keep-alive", "speed", "redirect", "",
        (*_GET, "/x"), {"nginx": Target(0.85)}),
    Row("web-memory", "memory per idle keep-alive client after one request", "memory", "web",
        "", ("--get", "/1k"), {"nginx": Target(1.0)}),
    Row("web-memory-tls", "the same, TLS", "memory", "web", "ec", ("--get", "/1k", "--tls"),
        {"nginx": Target(1.0)}),
    Row("start", "start of three TLS hosts, exec to READY=1 (nginx: to listening)", "start",
        against={"nginx": Target(1.0)}),
    Row("hosts-start", "start of 10,000 TLS hosts, exec to READY=1 (other: one host)", "hosts",
        against={"one host": Target(absolute=1000)}),
    Row("hosts-memory", "10,000 TLS hosts, once a client was with each (other: one host)",
        "hosts-memory", against={"one host": Target(absolute=150)}),
    Row("hosts-cold", "first handshake on one of 10,000 hosts, beyond one later (other: that one)",
        "hosts", against={"one host": Target(absolute=5)}),
    Row("hosts-handshake", "full handshake (TLS 1.3, P-256) + one echo + close, 10,000 hosts "
        "(other: one)", "hosts-speed", "echo", "ec", _FULL, {"one host": Target(1.05)}),
    Row("start-listening", "the same, exec to listening on both sides", "start",
        against={"nginx": Target()}),
    Row("reload", "10,000 TLS hosts, one changed: icshostd reload", "reload",
        against={"no reload": Target(absolute=500)}),
    Row("reload-echo", "99.9th percentile of a client's echoes meanwhile (other: without a reload)",
        "reload", against={"no reload": Target(absolute=20)}),
    Row("plan-shared", "10,000 hosts on one SSL port: parse, check and plan (others: -t, -c)",
        "plan", "shared", against={"nginx": Target(absolute=300), "haproxy": Target()}),
    Row("plan-distinct", "10,000 hosts on an address each: parse, check and plan",
        "plan", "distinct", against={"nginx": Target(absolute=300), "haproxy": Target()}),
    Row("plan-shared-memory", "the same on one SSL port: peak memory", "plan-memory", "shared",
        against={"nginx": Target(absolute=60), "haproxy": Target()}),
    Row("plan-distinct-memory", "the same on an address each: peak memory", "plan-memory",
        "distinct", against={"nginx": Target(absolute=60), "haproxy": Target()}),
    Row("plan-growth", "parse, check and plan: growth from 1,000 to 20,000 hosts on one port",
        "plan-growth", "shared", against={"linear": Target(1.1)}),
    Row("plan-growth-distinct", "the same on an address each", "plan-growth", "distinct",
        against={"linear": Target(1.1)}),
)
