"""The embedded default: a real PostgreSQL and a real Valkey below ``DATA_DIR``, on Unix sockets.

``DATABASE_URL`` and ``REDIS_URL`` replace them. Where each is not set, whoever needs the servers
takes a `Lease`: the first one starts them, the last one to leave stops them (kpitracker/keeper.py).
Finding their addresses starts nothing.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from kpitracker import keeper
from kpitracker.postgresql import APP_ROLE, DATABASE, OWNER_ROLE, PORT
from kpitracker.server import SOCKET_PATH_LIMIT
from kpitracker.valkey import SOCKET

BASE_DIR = Path(__file__).resolve().parent.parent
LOG_BYTES = 1_000_000
LOGS_KEPT = 3
LOG_LINES_SHOWN = 8
POLL_SECONDS = 0.02
LEAVE_SECONDS = 90.0

Say = Callable[[str], object]


class EmbeddedError(Exception):
    """An embedded server cannot be used. The message says why and what to do."""


def default_data_dir() -> Path:
    """``DATA_DIR``, or ``var`` in the project."""
    return Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve()


def database_urls(data_dir: Path) -> tuple[str, str]:
    """The embedded database's addresses for the application and for its owner, who migrates."""
    directory = quote(str(socket_dir(data_dir) / "postgres"))
    app, owner = (f"postgresql://{role}@/{directory}/{DATABASE}" for role in (APP_ROLE, OWNER_ROLE))
    return app, owner


def redis_url(data_dir: Path) -> str:
    """The address of the embedded Valkey, without a database number."""
    return f"unix://{quote(str(socket_dir(data_dir) / 'valkey' / SOCKET))}"


def socket_dir(data_dir: Path) -> Path:
    """Where the sockets are: in the data directory, unless its path is too long for one."""
    usual = data_dir / "run"
    longest = usual / "postgres" / f".s.PGSQL.{PORT}"
    if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT:
        return usual
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path("/", "tmp") / f"kpitracker-{os.getuid()}-{digest}"


def make_data_dir(data_dir: Path) -> None:
    """Make the data directory with what the servers need in it.

    Raises:
        EmbeddedError: it cannot be written, or somebody else holds our place in /tmp.
    """
    # As root, PostgreSQL's own user must be able to walk through; nobody can list it.
    mode = 0o711 if os.getuid() == 0 else 0o700
    try:
        for directory in (data_dir, data_dir / "run", data_dir / "log", socket_dir(data_dir)):
            if not directory.exists():
                directory.mkdir(parents=True, exist_ok=True)  # another start may be quicker
                directory.chmod(mode)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise EmbeddedError(
            f"The data directory {data_dir} cannot be written ({error.strerror}). "
            "Give it to the user who runs this command, or set DATA_DIR to a directory of that "
            "user's own."
        ) from None
    sockets = socket_dir(data_dir).lstat()
    if sockets.st_uid != os.getuid() or not stat.S_ISDIR(sockets.st_mode):
        raise EmbeddedError(
            f"{socket_dir(data_dir)} belongs to another user. Run the command as that user, or set "
            "DATA_DIR to another, shorter path."
        )


class Lease:
    """A share in one running server.

    Leaving is automatic when the process ends, however it ends.
    """

    def __init__(self, name: str, data_dir: Path, *, durable: bool = True) -> None:
        self.name = name
        self.durable = durable
        self.data_dir = data_dir
        self.run_dir = data_dir / "run"
        self.log = data_dir / "log" / f"{name}.log"
        self.pid = os.getpid()
        self.child: subprocess.Popen[bytes] | None = None
        self.lock: int | None = None
        self.ready = False

    @property
    def label(self) -> str:
        """The server's name for people."""
        return {"postgres": "PostgreSQL", "valkey": "Valkey"}[self.name]

    def take(self) -> bool:
        """Make sure that the server runs, and goes on for as long as we hold it. True when we had
        to start it.

        Raises:
            EmbeddedError: it does not start; the message ends with its log.
        """
        self.lock = keeper.open_lock(self.run_dir, self.name, "users")
        fcntl.flock(self.lock, fcntl.LOCK_SH)  # waits for one that is just stopping
        starting = keeper.open_lock(self.run_dir, self.name, "start")
        try:
            fcntl.flock(starting, fcntl.LOCK_EX)
            started = not self.kept()
            if started:
                self._start_keeper()
            self._wait_until_ready()
            self.ready = True
            return started
        finally:
            os.close(starting)
            if not self.ready:
                self.leave()

    def kept(self) -> bool:
        """Whether a keeper is there."""
        lock = keeper.open_lock(self.run_dir, self.name, "keeper")
        try:
            return not keeper.try_lock(lock, fcntl.LOCK_SH)
        finally:
            os.close(lock)

    def state(self) -> keeper.State | None:
        """What the keeper says, if it has said anything yet."""
        try:
            return cast(keeper.State, json.loads((self.run_dir / f"{self.name}.state").read_text()))
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def leave(self) -> bool:
        """Give the share back; when it was the last, wait until the server has stopped.

        True when it stopped.
        """
        if self.lock is None or self.pid != os.getpid():
            return False
        os.close(self.lock)
        self.lock = None
        deadline = time.monotonic() + LEAVE_SECONDS
        while self.kept() and time.monotonic() < deadline:
            if self._used_by_others():
                return False
            time.sleep(POLL_SECONDS)
        if self.child is not None:
            self.child.wait()
        return True

    def _used_by_others(self) -> bool:
        lock = keeper.open_lock(self.run_dir, self.name, "users")
        try:
            stopping = not keeper.try_lock(lock, fcntl.LOCK_SH)
            return not stopping and not keeper.try_lock(lock, fcntl.LOCK_EX)
        finally:
            os.close(lock)

    def _start_keeper(self) -> None:
        (self.run_dir / f"{self.name}.state").unlink(missing_ok=True)
        rotate(self.log)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "kpitracker.keeper",
            self.name,
            self.data_dir,
            socket_dir(self.data_dir),
            *([] if self.durable else [keeper.THROWAWAY]),
        ]
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_until_ready(self) -> None:
        while True:
            state = self.state()
            if state is not None and state["status"] == "ready":
                return
            if state is not None and state["status"] == "failed":
                raise EmbeddedError(self._failure(state["message"]))
            ended = self.child.poll() is not None if self.child is not None else not self.kept()
            if ended and self.state() == state:
                raise EmbeddedError(
                    self._failure(f"The keeper of {self.label} ended at its start.")
                )
            time.sleep(POLL_SECONDS)

    def _failure(self, message: str) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        lines = [line for line in lines if line != message]
        if not lines:
            return message
        return "\n".join([message, f"The end of {self.log}:", *(f"  {line}" for line in lines)])


def missing_servers() -> list[str]:
    """Which embedded servers stand in for addresses that the environment does not give."""
    wanted = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
    return [name for name, variable in wanted.items() if not os.environ.get(variable)]


def ensure_running(
    data_dir: Path | None = None, *, say: Say | None = None, durable: bool = True
) -> list[Lease]:
    """Take a lease on every embedded server that the environment does not replace.

    It ends with this process. A server that is not ``durable`` may lose data when the machine
    stops, and is faster.

    Raises:
        EmbeddedError: with a sentence that says what to do.
    """
    directory = data_dir or default_data_dir()
    taken = leases(directory, durable=durable)
    if taken:
        make_data_dir(directory)
    for lease in taken:
        atexit.register(lease.leave)
        began = time.monotonic()
        started = lease.take()
        if started and say is not None:
            say(f"{lease.label} started in {time.monotonic() - began:.1f} s")
    return taken


def leases(data_dir: Path, *, durable: bool = True) -> list[Lease]:
    """A lease, not yet taken, on each server that is needed, in the order of starting."""
    return [Lease(name, data_dir, durable=durable) for name in missing_servers()]


def start_for_tests() -> None:
    """Start servers on a data directory of their own and put their addresses into the environment.

    Does nothing for addresses that are already there, so test workers share their controller's
    servers.
    """
    names = missing_servers()
    if not names:
        return
    directory = Path(tempfile.mkdtemp(prefix="kpitracker-tests-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    ensure_running(directory, durable=False)
    _, owner = database_urls(directory)
    addresses = {"postgres": ("DATABASE_URL", owner), "valkey": ("REDIS_URL", redis_url(directory))}
    os.environ.update(dict(addresses[name] for name in names))
    os.environ.setdefault("DATA_DIR", str(directory))


def rotate(log: Path) -> None:
    """Move a log that has grown aside, keeping a few."""
    if not log.exists() or log.stat().st_size < LOG_BYTES:
        return
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.rename(log.with_name(f"{log.name}.{number + 1}"))
    log.rename(log.with_name(f"{log.name}.1"))


def with_redis_db(url: str, number: int) -> str:
    """A Redis address with a database number: in a socket's query, in a host's path."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "db"]
        return f"unix://{parts.path}?{urlencode([*query, ('db', str(number))])}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def celery_broker_url(url: str) -> str:
    """The same address, database 0, as Celery writes it: it has a scheme of its own for sockets."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return with_redis_db(url, 0)
    return f"redis+socket://{parts.path}?virtual_host=0"
