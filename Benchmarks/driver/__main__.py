"""Measures icshostd against the limit and against nginx, and prints the table."""

import argparse
import signal
import sys
from pathlib import Path

import report
from measure import measure
from place import Failure, Place
from plans import Plans
from relays import HaproxyRelay, HitchRelay, StunnelRelay, Targets
from rows import ROWS, Target
from servers import Before, Builtin, Haproxy, Hitch, Icshostd, Limit, Named, Nginx, Xinetd

ROOT = Path(__file__).resolve().parents[2]


def arguments():
    names = ", ".join(row.name for row in ROWS)
    parser = argparse.ArgumentParser(prog="Benchmarks/run", description=__doc__,
                                     epilog=f"Rows: {names}.")
    parser.add_argument("results", nargs="?", type=Path,
                        default=ROOT / ".build" / "bench" / "results.json",
                        help="where the figures of every round go (default: %(default)s)")
    parser.add_argument("--rows", help="only these, separated by commas")
    parser.add_argument("--against",
                        choices=("limit", "nginx", "haproxy", "hitch", "stunnel", "linear",
                                 "xinetd", "builtin"),
                        help="only against this one")
    parser.add_argument("--rounds", type=int, default=9, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=1.0,
                        help="per side and round of the speed rows (default: %(default)s)")
    parser.add_argument("--self-check", action="store_true",
                        help="the limit takes our place: against itself it must give about 1.00")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/icshostd",
                        help="the daemon to measure (default: %(default)s)")
    parser.add_argument("--before", type=Path, metavar="BINARY",
                        help="only against an earlier build of the daemon, in the rows of speed "
                        "and memory: what did a change cost")
    options = parser.parse_args()
    if options.rounds < 1 or not 0.05 <= options.seconds <= 60:
        parser.error("rounds must be at least 1, seconds from 0.05 to 60")
    wanted = options.rows.split(",") if options.rows else [row.name for row in ROWS]
    unknown = set(wanted) - {row.name for row in ROWS}
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are: {names}")
    options.rows = [row for row in ROWS if row.name in wanted]
    return options


def run_row(place, row, ours, options):
    """Returns the lines of the table and the rounds of one row."""
    others = {name: target for name, target in row.against.items()
              if options.against in (None, name)}
    if options.before:
        others = {"before": Target(1.03)} if row.kind in ("speed", "memory") else {}
    if not others:
        return [], []
    known = {"limit": Limit, "nginx": Nginx, "hitch": Hitch, "xinetd": Xinetd,
             "builtin": Builtin, "before": lambda: Before(options.before)}
    if row.behaviour.startswith("relay"):
        known |= {"haproxy": HaproxyRelay, "hitch": HitchRelay, "stunnel": StunnelRelay}
    elif row.kind in ("speed", "memory"):
        known["haproxy"] = Haproxy
    # Some rows need no server of a contender, only its name.
    contenders = [ours] + [known[name]() if name in known else Named(name) for name in others]
    rounds = measure(place, row, contenders, options)
    return [report.compare(row, ours.name, name, target, rounds)
            for name, target in others.items()], rounds


def main():
    options = arguments()
    # Ends like Ctrl-C does: everything started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    ours = Limit("limit (ours)") if options.self_check else Icshostd()
    place = Place(ROOT, options.binary.resolve())
    place.plans = Plans(place)
    place.targets = Targets(place)
    lines, rounds, failed = [], {}, False
    try:
        head = report.header(place)
        for row in options.rows:
            print(f"measuring {row.name} …", file=sys.stderr, flush=True)
            try:
                more, rounds[row.name] = run_row(place, row, ours, options)
                lines += more
            except Failure as failure:
                failed = True
                print(f"Benchmarks: {row.name}: {failure}", file=sys.stderr)
        print(f"{head}\n\n{report.table(lines)}")
        report.write_raw(options.results, head, lines, rounds)
        print(f"\nevery round: {options.results}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Benchmarks: interrupted", file=sys.stderr)
        return 130
    finally:
        place.targets.close()
        place.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
