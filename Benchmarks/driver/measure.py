"""Measures one row: a list of rounds, each one figure per contender, in alternating order."""

from contextlib import ExitStack

import hosts
import reloads
from load import Load
from place import Failure

UNITS = {"speed": "us", "memory": "KiB", "start": "ms", "plan": "ms", "plan-memory": "MiB",
         "plan-growth": "exponent", "hosts": "ms", "hosts-memory": "MiB", "hosts-speed": "us",
         "reload": "ms"}

START_ROUNDS, MEMORY_ROUNDS = 21, 9


def measure(place, row, contenders, options):
    """Returns rounds; a round maps the name of a contender to what was measured of it."""
    if row.kind == "speed":
        return _speed(place, row, contenders, options)
    if row.kind == "memory":
        rounds = min(options.rounds, MEMORY_ROUNDS)
        return _alternate(contenders, rounds, lambda one: _memory(place, row, one))
    if row.kind.startswith("plan"):
        return _alternate(contenders, options.rounds, lambda one: _plan(place, row, one))
    if row.kind.startswith("hosts"):
        return hosts.measure(place, row, options, _alternate, _processor_time)
    if row.kind == "reload":
        return reloads.measure(place, row, options)
    rounds = max(options.rounds, START_ROUNDS)
    pick = "ready" if row.name == "start" else "listening"
    return _alternate(contenders, rounds, lambda one: _start(place, one, pick), warm=True)


def _alternate(contenders, rounds, once, warm=False):
    if warm:
        for contender in contenders:
            once(contender)
    result = []
    for number in range(rounds):
        # AB, BA, AB, …: what drifts (clock, cache, neighbours) hits both sides alike.
        order = contenders if number % 2 == 0 else contenders[::-1]
        figures = {contender.name: once(contender) for contender in order}
        result.append({contender.name: figures[contender.name] for contender in contenders})
    return result


def _speed(place, row, contenders, options):
    words = [*row.load]
    if words[0] != "bulk":
        words += ["--milliseconds", str(round(options.seconds * 1000))]
    with ExitStack() as running:
        servers = {}
        # All live through the whole row; those not measured sleep in epoll_wait.
        for contender in contenders:
            servers[contender.name] = contender.start(place, row.behaviour, row.key)
            running.callback(servers[contender.name].stop)
        return _alternate(contenders, options.rounds,
                          lambda one: _processor_time(place, servers[one.name], words), warm=True)


def _processor_time(place, server, words):
    with Load(place, server, words) as load:
        before = server.usage()
        counted = load.go()
        nanoseconds = server.usage().since(before)
    if "resume" in words and counted["resumed"] < counted["operations"]:
        raise Failure(f"{server.name}: {counted['resumed']} of {counted['operations']} resumed")
    return {"figure": nanoseconds / counted["operations"] / 1000, **counted,
            "nanoseconds": nanoseconds,
            "busy": nanoseconds / counted["elapsed"] / 1e9}


def _memory(place, row, contender):
    server = contender.start(place, row.behaviour, row.key)
    try:
        # The load has connected once and let go: what both have in common (pages of libssl) is
        # shared already, so a change of its share does not look like memory of clients.
        with Load(place, server, ["idle", "--connections", str(row.clients), *row.load]) as load:
            without = server.memory()
            counted = load.go()
            if counted["operations"] != row.clients:
                raise Failure(f"{server.name}: only {counted['operations']} clients came in")
            held = server.memory()
            load.release()
        return {"figure": (held["Pss"] - without["Pss"]) / row.clients,
                "anonymous": (held["Pss_Anon"] - without["Pss_Anon"]) / row.clients,
                "pss_0": without["Pss"], "pss_n": held["Pss"]}
    finally:
        server.stop()


def _plan(place, row, contender):
    if row.kind == "plan-growth":
        linear = contender.name == "linear"
        return {"figure": 1.0 if linear else place.plans.exponent(row.behaviour)}
    seconds, mebibytes = place.plans.measure(contender.name, row.behaviour)
    return {"figure": seconds * 1000 if row.kind == "plan" else mebibytes,
            "seconds": seconds, "peak_mib": mebibytes}


def _start(place, contender, pick):
    server, endpoints = contender.start_demo(place)
    ready, listening = server.ready_and_listening(endpoints)
    wanted = listening if pick == "listening" or ready is None else ready
    return {"figure": wanted * 1000, "listening": listening * 1000,
            "ready": None if ready is None else ready * 1000}
