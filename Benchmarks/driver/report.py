"""Turns rounds into a table."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path
from statistics import median

from measure import UNITS
from place import Failure
from servers import nginx_program

COLUMNS = ("row", "against", "ours", "other", "ratio (median of N paired)", "range", "target",
           "reached")


def header(place):
    """When and on what: a ratio without its machine says little."""
    model = next((line.partition(":")[2].strip()
                  for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return (f"{time.strftime('%Y-%m-%d')}; {model}, {os.cpu_count()} cores; "
            f"Linux {platform.release()}; {', '.join(_versions(place))}")


def _versions(place):
    for command in ([place.binary, "--version"], ["openssl", "version"], ["gcc", "--version"]):
        try:
            done = subprocess.run(command, capture_output=True, text=True)
            said = (done.stdout or done.stderr).strip()
            if done.returncode == 0 and said:
                yield said.splitlines()[0].partition(" (Library")[0]
        except OSError:
            pass
    try:
        done = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True)
        yield done.stderr.strip().removeprefix("nginx version: ")
    except Failure:
        pass


def compare(row, ours, other, target, rounds):
    """One line of the table, as a dictionary."""
    mine = [one[ours]["figure"] for one in rounds]
    theirs = [one[other]["figure"] for one in rounds]
    ratios = [a / b for a, b in zip(mine, theirs) if b > 0]
    line = {"row": row.name, "title": row.title, "against": other, "unit": UNITS[row.kind],
            "ours": median(mine), "other": median(theirs), "rounds": len(rounds),
            "ratio": median(ratios) if ratios else None,
            "least": min(ratios) if ratios else None, "most": max(ratios) if ratios else None,
            "target_ratio": target.ratio, "target_absolute": target.absolute, "reached": None}
    if target.absolute is not None:
        line["reached"] = line["ours"] <= target.absolute
    elif target.ratio is not None and ratios:
        # Two decimals, as shown: more is not known.
        line["reached"] = round(line["ratio"], 2) <= target.ratio
    return line


def table(lines):
    rows = [COLUMNS, ("---",) * len(COLUMNS)] + [_cells(line) for line in lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _cells(line):
    unit = line["unit"]
    ratio, reach = "–", "–"
    if line["ratio"] is not None:
        ratio = f"{line['ratio']:.2f} ({line['rounds']})"
        reach = f"{line['least']:.2f}–{line['most']:.2f}"
    target = "–"
    if line["target_absolute"] is not None:
        target = f"≤ {line['target_absolute']:g} {unit}"
    elif line["target_ratio"] is not None:
        target = f"≤ {line['target_ratio']:.2f}"
    reached = {None: "–", True: "yes", False: "**no**"}[line["reached"]]
    return (line["title"], line["against"], f"{line['ours']:.2f} {unit}",
            f"{line['other']:.2f} {unit}", ratio, reach, target, reached)


def write_raw(path, head, lines, rounds):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": head, "table": lines, "rounds": rounds}, indent=1))
