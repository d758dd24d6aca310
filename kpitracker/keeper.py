"""A keeper: one small process that keeps one embedded server alive for as long as somebody uses it.

Whoever needs the server holds a shared lock on ``<name>.users`` (the kernel drops it however the
holder ends). The keeper is the server's parent; it asks for the same lock exclusively, and when it
gets it nobody is left: it stops the server in order and ends. It holds ``<name>.keeper`` while it
lives, so there is never a second one, and tells its state in ``<name>.state``. Killed itself, it
takes the server along (parent-death signal).

    python -m kpitracker.keeper postgres DATA_DIR SOCKET_DIR [--throwaway]
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Literal, TypedDict

from kpitracker.postgresql import PostgreSQL
from kpitracker.server import Server, ServerError
from kpitracker.valkey import Valkey

THROWAWAY = "--throwaway"  # for tests: faster, and lost when the machine stops

SERVERS: dict[str, Callable[[Path, Path, bool], Server]] = {
    "postgres": PostgreSQL,
    "valkey": Valkey,
}
POLL_SECONDS = 0.2
LOCK_SECONDS = 2.0
START_SECONDS = 120.0  # a long recovery after a crash; the client is told meanwhile
DEATHS_ALLOWED = 5
DEATHS_WINDOW_SECONDS = 120.0
BACKOFF_SECONDS = (0.2, 1.0, 3.0, 8.0, 15.0)


class State(TypedDict):
    """What the state file says."""

    status: Literal["starting", "ready", "failed"]
    message: str
    keeper: int
    server: int | None


class Keeper:
    """Keeps one server. `run` returns when nobody uses it any more."""

    def __init__(self, server: Server, run_dir: Path, log: BinaryIO) -> None:
        self.server = server
        self.run_dir = run_dir
        self.log = log
        self.deaths: deque[float] = deque(maxlen=DEATHS_ALLOWED)
        self.users = open_lock(run_dir, self.server.name, "users")
        self.stopping = False

    def run(self) -> None:
        """Prepare and start the server, keep it, stop it."""
        self.tell("starting")
        self.server.prepare(self.log)
        process = self.start()
        while not self.unused():
            if process.poll() is not None:
                process = self.restart(process.returncode)
            time.sleep(POLL_SECONDS)
        stop(process, self.server)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it answers."""
        process = self.server.spawn(self.log)
        deadline = time.monotonic() + START_SECONDS
        while not self.server.is_ready(process):
            if process.poll() is not None:
                raise ServerError(
                    f"{self.server.label} ended at its start with code {process.returncode}."
                )
            if time.monotonic() > deadline:
                stop(process, self.server)
                raise ServerError(
                    f"{self.server.label} did not answer within {START_SECONDS:.0f} seconds."
                )
            time.sleep(0.02)
        self.tell("ready", server=process.pid)
        return process

    def restart(self, code: int) -> subprocess.Popen[bytes]:
        """Start a server that died once more, later each time; give up when it keeps dying."""
        now = time.monotonic()
        self.deaths.append(now)
        if len(self.deaths) == DEATHS_ALLOWED and now - self.deaths[0] < DEATHS_WINDOW_SECONDS:
            raise ServerError(
                f"{self.server.label} died {DEATHS_ALLOWED} times within "
                f"{DEATHS_WINDOW_SECONDS:.0f} seconds, the last time with code {code}."
            )
        self.tell("starting")
        time.sleep(BACKOFF_SECONDS[len(self.deaths) - 1])
        return self.start()

    def unused(self) -> bool:
        """Whether nobody holds the users' lock, or we were asked to go.

        True leaves us holding it.
        """
        return self.stopping or try_lock(self.users, fcntl.LOCK_EX)

    def tell(
        self,
        status: Literal["starting", "ready", "failed"],
        message: str = "",
        server: int | None = None,
    ) -> None:
        """Replace the state file."""
        state: State = {
            "status": status,
            "message": message,
            "keeper": os.getpid(),
            "server": server,
        }
        path = self.run_dir / f"{self.server.name}.state"
        unfinished = path.with_suffix(".state.new")
        unfinished.write_text(json.dumps(state))
        unfinished.rename(path)


def stop(process: subprocess.Popen[bytes], server: Server) -> None:
    """Stop a server politely, then less so."""
    for signum, seconds in server.stop_signals:
        if process.poll() is not None:
            return
        process.send_signal(signum)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            continue


def open_lock(run_dir: Path, name: str, kind: Literal["users", "keeper", "start"]) -> int:
    """A descriptor of a lock file, closed in programs we execute."""
    return os.open(run_dir / f"{name}.{kind}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, operation: int) -> bool:
    """Take a lock if it is free."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def main(name: str, data_dir: Path, socket_dir: Path, *, durable: bool) -> int:
    """Keep the named server. Its log is our own standard error."""
    run_dir = data_dir / "run"
    mine = open_lock(run_dir, name, "keeper")
    if not _lock_patiently(mine):
        return 0
    log = sys.stderr.buffer
    try:
        keeper = Keeper(SERVERS[name](data_dir, socket_dir / name, durable), run_dir, log)
        _heed_signals(keeper)
        keeper.run()
    except (ServerError, OSError) as error:
        return _failed(run_dir, name, str(error))
    (run_dir / f"{name}.state").unlink(missing_ok=True)
    # In this order: a client that gets the users' lock must not see a keeper any more.
    os.close(mine)
    os.close(keeper.users)
    return 0


def _lock_patiently(descriptor: int) -> bool:
    """Take the keeper's lock, which clients hold for an instant when they look for a keeper."""
    deadline = time.monotonic() + LOCK_SECONDS
    while not try_lock(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _failed(run_dir: Path, name: str, message: str) -> int:
    sys.stderr.write(f"{message}\n")
    state: State = {"status": "failed", "message": message, "keeper": os.getpid(), "server": None}
    (run_dir / f"{name}.state").write_text(json.dumps(state))
    return 1


def _heed_signals(keeper: Keeper) -> None:
    def on_terminate(signum: int, frame: object) -> None:
        keeper.stopping = True

    signal.signal(signal.SIGTERM, on_terminate)
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(ignored, signal.SIG_IGN)


if __name__ == "__main__":
    server, data, sockets, *options = sys.argv[1:]
    sys.exit(main(server, Path(data), Path(sockets), durable=THROWAWAY not in options))
