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
    kind: str  # "speed", "memory", "start", "plan", "plan-memory" or "plan-growth"
    behaviour: str = ""  # of the servers: echo, discard, return; of hosts: shared, distinct
    tls: bool = False
    load: tuple = ()  # words for the load program
    against: dict = field(default_factory=dict)  # name of the other: Target
    clients: int = 5000  # that a memory row holds


_FULL, _RESUMED = ("handshake", "--connections", "32"), ("resume", "--connections", "32")
_BULK = ("bulk", "--mebibytes", "1024")
_ECHO = ("echo", "--connections", "64", "--size", "64")

ROWS = (
    Row("echo", "echo, 64 B, 64 clients", "speed", "echo", False, _ECHO,
        {"limit": Target(1.15)}),
    Row("echo-tls", "echo, 64 B, 64 clients, TLS", "speed", "echo", True, (*_ECHO, "--tls"),
        {"limit": Target(1.10)}),
    Row("connect", "connect + one echo + close", "speed", "echo", False,
        ("connect", "--connections", "64"), {"limit": Target(1.25)}),
    Row("handshake", "full TLS 1.3 handshake + one echo + close", "speed", "echo", True, _FULL,
        {"limit": Target(1.10)}),
    Row("resume", "resumed handshake + one echo + close", "speed", "echo", True, _RESUMED,
        {"limit": Target(1.10)}),
    Row("handshake-line", "full TLS 1.3 handshake + one line from the server + close", "speed",
        "return", True, (*_FULL, "--line"), {"limit": Target(1.10), "nginx": Target(1.05)}),
    Row("resume-line", "resumed handshake + one line from the server + close", "speed",
        "return", True, (*_RESUMED, "--line"), {"limit": Target(1.10), "nginx": Target(1.05)}),
    Row("memory", "memory per idle client (echo, after one echo: a task waits)", "memory", "echo",
        False, ("--touch",), {"limit": Target(absolute=1.6)}),
    Row("memory-rest", "memory per idle client (echo, nothing sent yet: at rest)", "memory",
        "echo", False, (), {"limit": Target(absolute=0.4), "nginx": Target()}),
    Row("memory-tls", "memory per idle client (echo, after one echo: a task waits), TLS", "memory",
        "echo", True, ("--tls", "--touch"), {"limit": Target(1.10)}),
    Row("memory-tls-rest", "memory per idle client (echo, nothing sent yet: at rest), TLS",
        "memory", "echo", True, ("--tls",), {"limit": Target(1.10), "nginx": Target(1.0)}),
    Row("relay", "relay, 64 B there and back, 64 clients", "speed", "relay", False, _ECHO,
        {"haproxy": Target(0.95), "nginx": Target(0.95)}),
    Row("relay-connect", "connect + relay one message there and back + close", "speed", "relay",
        False, ("connect", "--connections", "64"), {"haproxy": Target(1.03)}),
    Row("relay-bulk", "relay 1 GiB, plain", "speed", "relay-bulk", False, _BULK,
        {"haproxy": Target(1.05)}),
    Row("relay-tls", "TLS termination + relay, 64 B there and back, 64 clients", "speed", "relay",
        True, (*_ECHO, "--tls"),
        {"haproxy": Target(1.03), "hitch": Target(1.03), "stunnel": Target(1.03)}),
    Row("relay-tls-bulk", "TLS termination + relay 1 GiB", "speed", "relay-bulk", True,
        (*_BULK, "--tls"),
        {"haproxy": Target(1.03), "hitch": Target(1.03), "stunnel": Target(1.03)}),
    Row("relay-memory", "memory per relayed idle pair, 2,000 pairs", "memory", "relay", False,
        ("--touch",), {"haproxy": Target(1.0)}, clients=2000),
    Row("start", "start of three TLS hosts, exec to READY=1 (nginx: to listening)", "start",
        against={"nginx": Target(1.0)}),
    Row("start-listening", "the same, exec to listening on both sides", "start",
        against={"nginx": Target()}),
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
