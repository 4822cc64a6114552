"""A server process under measurement: started on its processor, and what it used so far."""

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from place import Failure

START_SECONDS = 10


class Usage:
    """Processor time at one moment: nanoseconds per thread, per process, and of ended children."""

    def __init__(self, pids):
        self.threads = {}
        self.clock = 0
        self.children = children_clock(pids[0])
        for pid in pids:
            for task in Path(f"/proc/{pid}/task").iterdir():
                try:
                    self.threads[task.name] = int((task / "schedstat").read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    pass  # the thread ended while we looked; the clock below has its time
            # The CPU clock of another process, see clock_getcpuclockid(3).
            self.clock += time.clock_gettime_ns((~pid << 3) | 2)

    def since(self, before):
        """Nanoseconds used since `before`, threads and children that ended in between included."""
        living = sum(self.threads.values()) - sum(before.threads.values())
        whole = self.clock - before.clock
        # schedstat forgets a thread that ended, the clock of the process does not.
        own = whole if living < whole * 0.99 else living
        return own + self.children - before.children


class Server:
    """One running server, perhaps of several processes."""

    def __init__(self, place, name, command, port, notify=False):
        self.name, self.port = name, port
        self.configuration = None  # of ours: the file that it reads
        self._log = place.path(f"{name}.log")
        self._notify = None
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("NOTIFY_SOCKET", "JOURNAL_STREAM", "STATE_DIRECTORY")}
        if notify:
            self._notify = NotifySocket(place.path("notify"))
            environment["NOTIFY_SOCKET"] = str(self._notify.path)
        self.process, self.started = spawn(place, command, environment, self._log)

    def wait_ready(self):
        """Waits until it listens, and has nothing to do."""
        self.wait_listening()
        try:
            self.wait_quiet()
        except BaseException:
            self.stop()
            raise
        return self

    def wait_listening(self):
        """Waits for READY=1 where the server says so, then until its port takes connections."""
        try:
            if self._notify:
                self._wait_for(lambda: self._notify.ready is not None, "READY=1")
                self._notify.keep_reading()
            self._wait_for(lambda: connects(self.port), f"a listener on port {self.port}")
        except BaseException:
            self.stop()
            raise
        return self

    def ready_and_listening(self, ports):
        """Seconds from exec to READY=1 (None: never says so) and to all ports listening."""
        waiting, listening = list(ports), None
        try:
            while listening is None or (self._notify and self._notify.ready is None):
                if self._notify:
                    self._notify.poll()
                if listening is None:
                    while waiting and connects(*waiting[0]):
                        waiting.pop(0)
                    if not waiting:
                        listening = time.monotonic()
                if time.monotonic() > self.started + START_SECONDS:
                    raise self._failure("neither ready nor listening")
                if self.process.poll() is not None:
                    raise self._failure("it ended")
            ready = self._notify.ready - self.started if self._notify else None
            return ready, listening - self.started
        finally:
            self.stop()

    def pids(self):
        """The process and its children, such as the workers of nginx."""
        known = [self.process.pid]
        for pid in known:
            try:
                for task in Path(f"/proc/{pid}/task").iterdir():
                    known += [int(child) for child in (task / "children").read_text().split()]
            except (FileNotFoundError, ProcessLookupError):
                pass  # the thread, or the child, ended while we looked
        return known

    def usage(self):
        """Processor time so far, taken when there is nothing left to do."""
        self.wait_quiet()
        return Usage(self.pids())

    def memory(self):
        """PSS and its anonymous part, in KiB, of all processes of the server."""
        self.wait_quiet()
        total = {"Pss": 0, "Pss_Anon": 0}
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                key, _, rest = line.partition(":")
                if key in total:
                    total[key] += int(rest.split()[0])
        return total

    def wait_quiet(self, seconds=START_SECONDS):
        """Waits until the server sleeps: less than 0.1 ms of work in 10 ms, twice, and no process
        of it came or went."""
        quiet, deadline = 0, time.monotonic() + seconds
        before = self._clock()
        while quiet < 2:
            time.sleep(0.01)
            after = self._clock()
            sleeps = after[0] == before[0] and after[1] - before[1] < 100_000
            quiet = quiet + 1 if sleeps else 0
            before = after
            if time.monotonic() > deadline:
                raise self._failure("it never comes to rest")

    def check_alive(self):
        if self.process.poll() is not None:
            raise self._failure("it ended during the measurement")

    def stop(self):
        """Ends the server at once; a graceful end is not what is measured here."""
        if self._notify:
            self._notify.close()
        pids = []
        if self.process.poll() is None:
            # Halted first: a running parent could fork a worker after we looked.
            self.process.send_signal(signal.SIGSTOP)
            while _state(self.process.pid) not in ("T", "Z", ""):
                time.sleep(0.0005)
            pids = self.pids()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        # Workers are not our children. Wait for them too: taking 5,000 sockets down is work, and
        # it must not fall into the next measurement.
        deadline = time.monotonic() + START_SECONDS
        while any(_state(pid) not in ("Z", "") for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.005)

    def _clock(self):
        """The processes there are, and the processor time of them together."""
        pids, total = self.pids(), 0
        for pid in pids:
            try:
                total += time.clock_gettime_ns((~pid << 3) | 2)
            except OSError:
                if pid == self.process.pid:
                    raise self._failure("it ended") from None
        return pids, total

    def _wait_for(self, reached, what):
        deadline = time.monotonic() + START_SECONDS
        while not reached():
            if self._notify:
                self._notify.poll()
            if self.process.poll() is not None:
                raise self._failure(f"it ended with status {self.process.returncode}")
            if time.monotonic() > deadline:
                raise self._failure(f"no {what} within {START_SECONDS} s")
            time.sleep(0.002)

    def _failure(self, why):
        said = self._log.read_text(errors="replace").strip()[-2000:]
        return Failure(f"{self.name}: {why}" + (f"; it said:\n{said}" if said else ""))


class NotifySocket:
    """The datagram socket a service manager would own, read all the time."""

    def __init__(self, path):
        self.path = path
        self.ready = None  # when READY=1 came, by the monotonic clock
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)

    def poll(self):
        try:
            while True:
                self._hear(self._socket.recv(8192))
        except BlockingIOError:
            pass

    def keep_reading(self):
        """Reads in a thread from now on, so that the server's queue never fills."""
        self._socket.setblocking(True)
        threading.Thread(target=self._read, daemon=True).start()

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread
        except OSError:
            pass
        self._socket.close()

    def _read(self):
        try:
            while self._socket.recv(8192):
                pass
        except OSError:
            pass

    def _hear(self, datagram):
        if self.ready is None and b"READY=1" in datagram.split(b"\n"):
            self.ready = time.monotonic()


def children_clock(pid):
    """Nanoseconds of the children that a process has waited for, and of theirs: cutime and cstime of
    proc(5), which show hundredths of a second of what the kernel sums up exactly."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def _state(pid):
    """The letter ps(1) shows for a process; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def spawn(place, command, environment, log):
    """Starts a command on the processor of the servers; returns it and when."""
    with open(log, "wb") as output:
        # Inherited by the child, so that no taskset(1) comes between us and its exec.
        os.sched_setaffinity(0, {place.server_cpu})
        try:
            started = time.monotonic()
            process = subprocess.Popen(
                [str(word) for word in command], env=environment, cwd=place.directory,
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        except OSError as error:
            raise Failure(f"{command[0]} does not start: {error}") from None
        finally:
            os.sched_setaffinity(0, {place.load_cpu})
    return process, started


def connects(port, address="127.0.0.1"):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as one:
        return one.connect_ex((address, port)) == 0
