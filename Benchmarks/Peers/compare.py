"""Measures our echo and chat against those on SwiftNIO and FlyingFox, and prints the table."""

import argparse
import os
import resource
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent / "driver"))

import report  # noqa: E402
from load import Load  # noqa: E402
from measure import measure  # noqa: E402
from place import Failure, Place, free_ports  # noqa: E402
from process import Server  # noqa: E402
from rows import Row, Target  # noqa: E402

LIBRARIES = {"our": "SocketServer", "nio": "swift-nio 2.101.2", "fox": "FlyingFox 0.27.1"}
# Of the chat there is one in bare C, too: most of it is the kernel's work.
LIMIT = HERE.parent / "bin" / "limit-chat"
_SPEED = {"nio": Target(0.5), "fox": Target()}
_MEMORY = {"nio": Target(0.4), "fox": Target()}

ROWS = (
    Row("echo", "echo, 64 B, 64 clients: per message", "speed", "echo", "",
        ("echo", "--connections", "64", "--size", "64"), _SPEED),
    Row("chat", "chat, 64 B to 63 others: per delivered line", "speed", "chat", "",
        ("room", "--connections", "64", "--size", "64"), {**_SPEED, "limit": Target()}),
    Row("echo-memory", "echo, per idle client, after one message", "memory", "echo", "",
        ("--touch",), _MEMORY),
    Row("chat-memory", "chat, per idle client in the room", "memory", "chat", "", (), _MEMORY),
)


class Program:
    """The servers of one library."""

    def __init__(self, name):
        self.name = name

    def start(self, place, behaviour, tls):
        port, = free_ports(1)
        built = HERE / ".build" / "release" / f"{self.name}-{behaviour}"
        program = LIMIT if self.name == "limit" else built
        return Server(place, self.name, [program, port], port).wait_ready()


def lines(name, behaviour):
    """The lines of a program without blank ones and comments."""
    source = HERE / "Sources" / f"{name}-{behaviour}" / "main.swift"
    stripped = (line.strip() for line in source.read_text().splitlines())
    return sum(1 for line in stripped if line and not line.startswith("//"))


def threads(place, row, contender):
    """How many threads a server has when it has served the load."""
    server = contender.start(place, row.behaviour, "")
    try:
        with Load(place, server, [*row.load, "--milliseconds", "100"]) as load:
            load.go()
            return len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
    finally:
        server.stop()


def arguments():
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="Benchmarks/Peers/run", description=__doc__)
    parser.add_argument("results", nargs="?", type=Path, default=HERE / ".build" / "results.json",
                        help="where the figures of every round go (default: %(default)s)")
    parser.add_argument("--rows", default=",".join(names), help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=0.5,
                        help="per server and round of the speed rows (default: %(default)s)")
    options = parser.parse_args()
    unknown = set(options.rows.split(",")) - set(names)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    options.rows = [row for row in ROWS if row.name in options.rows.split(",")]
    return options


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # the servers inherit it
    place = Place(ROOT, HERE / ".build" / "release" / "our-echo")
    table, rounds = [], {}
    contenders = {name: Program(name) for name in [*LIBRARIES, "limit"]}
    head = f"load average at the start: {os.getloadavg()[0]:.2f}"
    try:
        for row in options.rows:
            print(f"measuring {row.name} …", file=sys.stderr, flush=True)
            measured = [contenders[name] for name in ("our", *row.against)]
            rounds[row.name] = measure(place, row, measured, options)
            table += [report.compare(row, "our", name, target, rounds[row.name])
                      for name, target in row.against.items()]
        print(f"{head}\n\n{report.table(table)}\n")
        for behaviour in ("echo", "chat"):
            row = next(row for row in ROWS if row.name == behaviour)
            for name, library in LIBRARIES.items():
                print(f"{behaviour} with {library}: {lines(name, behaviour)} lines, "
                      f"{threads(place, row, contenders[name])} threads")
        report.write_raw(options.results, head, table, rounds)
    except Failure as failure:
        print(f"Benchmarks/Peers: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        place.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
