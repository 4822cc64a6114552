"""Drives the load program."""

import json
import subprocess

from place import Failure


class Load:
    """One run of the load against one server; warm when made."""

    def __init__(self, place, server, words):
        self._server = server
        # These are programs of their own, the other words are modes of the load.
        program, words = (words[0], words[1:]) if words[0] in ("bulk", "room") else ("load", words)
        self._process = subprocess.Popen(
            [place.programs / program, *words, "--port", str(server.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self._process.stdout.readline() != "ready\n":
            raise self._failure()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The load ends by itself when its stdin does; this is for the case that it does not.
        self._process.kill()
        self._process.communicate()

    def go(self):
        """Starts the measured part, waits for its end and returns what the load counted."""
        self._say("go")
        line = self._process.stdout.readline()
        if not line:
            raise self._failure()
        counted = json.loads(line)
        self._server.check_alive()
        if counted["errors"] or not counted["operations"]:
            raise Failure(f"{self._server.name}: {counted['errors']} errors in "
                          f"{counted['operations']} operations: {counted['first_error']}")
        return counted

    def release(self):
        """Lets held clients go; fails when the server had closed some before."""
        self._say("enough")
        if self._process.wait(timeout=30) != 0:
            raise self._failure()

    def _say(self, word):
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._failure() from None

    def _failure(self):
        self._process.kill()
        said = self._process.communicate()[1].strip()
        self._server.check_alive()
        return Failure(f"{self._server.name}: the load ended early: {said}")
