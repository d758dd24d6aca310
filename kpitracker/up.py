"""``manage.py up``, the supervisor behind ``make run``.

It prepares the embedded servers and the application, starts web, worker and scheduler in one
process group, prints the address, restarts what dies and stops everything in order on Ctrl-C:
web, scheduler, worker, then Valkey, then PostgreSQL. Killed itself, it leaves nothing behind: its
children have asked the kernel to end with it, and the servers' keepers see that nobody is left.
Django is not imported here, so the supervisor stays small.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from kpitracker import embedded
from kpitracker.bootstrap_names import DEMO_FILE, DEMO_STEP
from kpitracker.children import Child, KeepsDying
from kpitracker.identity import die_with_parent

NEEDED_BYTES = 200_000_000
PORT_SECONDS = 4.0  # how long a killed run's workers may hold the port
WEB_SECONDS = 180.0  # a slow, busy machine
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.25
ALARMS_SHOWN = 3
PARENT_ENDED = signal.SIGUSR1

T = TypeVar("T")


class Refused(Exception):
    """The run cannot start or go on. The message is a sentence with the remedy."""


class StopRequested(Exception):
    """A signal asked to stop while something was being prepared."""


class Run:
    """One ``make run``."""

    def __init__(self, data_dir: Path, port: int, *, demo: bool) -> None:
        self.data_dir = data_dir
        self.port = port
        self.demo = demo
        self.children = _children(data_dir)
        self.leases: list[embedded.Lease] = []
        self.group = 0
        self.serving = False
        self.stopping = False
        self.hurry = False

    def go(self) -> int:
        """Prepare, serve until somebody stops it, stop. Returns the exit code."""
        try:
            self.prepare()
            self.serve()
        except StopRequested:
            pass
        except (Refused, KeepsDying, embedded.EmbeddedError) as error:
            say(f"\n{error}")
            return 1
        finally:
            self.stop()
        return 0

    def prepare(self) -> None:
        """Everything that comes before the first program is started."""
        embedded.make_data_dir(self.data_dir)
        self.lock = lock(self.data_dir)
        check_port(self.port)
        check_space(self.data_dir)
        say("Preparing")
        self.leases = embedded.leases(self.data_dir)
        for lease in self.leases:
            _, seconds = timed(lease.take)
            say(f"  {lease.label}: running ({seconds:.1f} s)")
        self.bootstrap()

    def bootstrap(self) -> None:
        """Translations, schema, static files, demo: a process that says what it does."""
        command = [sys.executable, "-m", "kpitracker.bootstrap"]
        if not self.demo:
            command.append(f"--without={DEMO_STEP}")
        process = subprocess.Popen(
            command,
            cwd=embedded.BASE_DIR,
            stdin=subprocess.DEVNULL,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )
        try:
            code = process.wait()
        finally:
            process.kill()
        if code != 0:
            raise Refused("The application could not be prepared; the step above says why.")

    def serve(self) -> None:
        """Start the programs and look after them until we are asked to stop."""
        self.serving = True
        web, *others = self.children
        self.group = web.start(0)
        _, seconds = timed(self.wait_for_web)
        if self.stopping:
            return
        say(f"  Web: running ({seconds:.1f} s)")
        for child in others:
            self.group = child.start(self.group)
        say("  Worker and scheduler: started")
        say(welcome(self.port, self.data_dir))
        while not self.stopping:
            self.look_after_children()
            self.look_after_servers()
            time.sleep(POLL_SECONDS)

    def wait_for_web(self) -> None:
        """Return when the web server answers."""
        web = self.children[0]
        deadline = time.monotonic() + WEB_SECONDS
        while not self.stopping and not answers(self.port):
            if not web.running:
                raise Refused(f"The web server ended at its start.\n{web.end_of_log()}")
            if time.monotonic() > deadline:
                raise Refused(
                    f"The web server did not answer within {WEB_SECONDS:.0f} seconds.\n"
                    + web.end_of_log()
                )
            time.sleep(POLL_SECONDS / 5)

    def look_after_children(self) -> None:
        """Restart what died, repeat on the terminal what the logs complain about."""
        for child in self.children:
            code = child.has_died()
            if code is not None:
                say(f"{child.name} died with code {code} and is started again (see {child.log}).")
            if child.process is None and time.monotonic() >= child.start_at:
                self.group = child.start(self.group)
            for line in child.new_alarms()[:ALARMS_SHOWN]:
                say(f"{child.name}: {line.strip()[:300]}")
            child.shorten_log()

    def look_after_servers(self) -> None:
        """Their keepers restart them; where a keeper has given up, so do we."""
        for lease in self.leases:
            if not lease.kept():
                state = lease.state()
                reason = state["message"] if state is not None else "Its keeper was killed."
                raise Refused(f"{lease.label} is gone. {reason}\nIts log is {lease.log}.")

    def stop(self) -> None:
        """Stop in order: web, scheduler, worker, Valkey, PostgreSQL. A second signal hurries."""
        self.stopping = True
        started = [child for child in self.children if child.process is not None]
        if started or any(lease.ready for lease in self.leases):
            say("\nStopping")
        for child in started:
            _, seconds = timed(partial(child.stop, lambda: self.hurry))
            say(f"  {child.name}: stopped ({seconds:.1f} s)")
        for lease in reversed(self.leases):
            if not lease.ready:
                lease.leave()
                continue
            ended, seconds = timed(lease.leave)
            fate = f"stopped ({seconds:.1f} s)" if ended else "left to a command that still uses it"
            say(f"  {lease.label}: {fate}")

    def on_signal(self, signum: int, frame: object) -> None:
        """The first signal stops in order; a second one, or the end of our parent, at once."""
        self.hurry = self.stopping or signum == PARENT_ENDED
        if not self.serving and not self.stopping:
            self.stopping = True
            raise StopRequested
        self.stopping = True


def main(arguments: list[str]) -> int:
    """Run from the command line."""
    options = _parser().parse_args(arguments)
    try:
        run = Run(embedded.default_data_dir(), port_number(), demo=not options.without_demo)
    except Refused as error:
        say(str(error))
        return 1
    for signum in (signal.SIGINT, signal.SIGTERM, PARENT_ENDED):
        signal.signal(signum, run.on_signal)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, run.on_signal)
    if options.parent:
        die_with_parent(PARENT_ENDED)
        if os.getppid() != options.parent:
            return 1
    return run.go()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py up", description=__doc__)
    parser.add_argument("--without-demo", action="store_true", help="load no demo on a first run")
    parser.add_argument("--parent", type=int, help="stop when this process, our parent, ends")
    return parser


def _children(data_dir: Path) -> list[Child]:
    """In the order in which they are stopped."""
    logs, celery = data_dir / "log", [sys.executable, "-m", "celery", "-A", "kpitracker"]
    schedule = str(data_dir / "celerybeat-schedule")
    return [
        Child(
            "Web",
            [sys.executable, "-m", "gunicorn", "-c", "python:kpitracker.gunicorn_settings"],
            logs / "web.log",
            stop_signal=signal.SIGTERM,
            stop_seconds=12.0,
        ),
        Child(
            "Scheduler",
            [*celery, "beat", "--loglevel", "INFO", "--pidfile", "", "--schedule", schedule],
            logs / "scheduler.log",
            stop_signal=signal.SIGTERM,
            stop_seconds=5.0,
        ),
        Child(
            "Worker",
            [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-gossip"],
            logs / "worker.log",
            stop_signal=signal.SIGTERM,
            stop_seconds=30.0,
        ),
    ]


def port_number() -> int:
    """``PORT``, 8000 when it is not set."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refused(f"PORT is “{text}”. Set it to a number from 1 to 65535, such as 8000.")
    return int(text)


def check_port(port: int) -> None:
    """Refuse a port that somebody else has; wait a moment for one that is just given back."""
    deadline = time.monotonic() + PORT_SECONDS
    while True:
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
                return
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise Refused(
                    f"Port {port} cannot be used ({error.strerror}). Stop the program that uses "
                    f"it, or choose another port: make run PORT={port + 1 if port > 1023 else 8000}"
                ) from None
        time.sleep(POLL_SECONDS)


def check_space(data_dir: Path) -> None:
    """Refuse to start on a disk that is nearly full."""
    free = shutil.disk_usage(data_dir).free
    if free < NEEDED_BYTES:
        raise Refused(
            f"The disk of {data_dir} has {free // 1_000_000} MB left, and at least "
            f"{NEEDED_BYTES // 1_000_000} MB are needed. Free some space, or set DATA_DIR to a "
            "directory on another disk."
        )


def lock(data_dir: Path) -> int:
    """Hold the data directory for this run."""
    descriptor = os.open(data_dir / "run" / "up", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(descriptor, 20, 0).decode() or "unknown"
        raise Refused(
            f"kpitracker already runs on {data_dir} (process {pid}). Use that one, or stop it "
            "first, or set DATA_DIR to another directory for a second one."
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def answers(port: int) -> bool:
    """Whether the web server says that it is up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()


def welcome(port: int, data_dir: Path) -> str:
    """What to do next: the address, and the demo's login when there is a demo."""
    lines = [f"\nkpitracker is running: http://127.0.0.1:{port}"]
    try:
        logins = json.loads((data_dir / DEMO_FILE).read_text()).get("logins", [])
    except FileNotFoundError:
        logins = []
    lines += [f"Sign in as {login['email']}, password {login['password']}" for login in logins]
    return "\n".join([*lines, f"Logs: {data_dir / 'log'}. Ctrl-C stops it.\n"])


def timed(function: Callable[[], T]) -> tuple[T, float]:
    """What a function returns and the seconds it took."""
    began = time.monotonic()
    result = function()
    return result, time.monotonic() - began


def say(text: str) -> None:
    """Write a line to the terminal; one that has gone is no reason to stop."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        pass
