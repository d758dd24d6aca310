"""What a keeper must know about a server that it keeps: how to prepare, start, ask and stop it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from kpitracker.identity import Identity, die_with_parent

SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path, less the closing zero


class ServerError(Exception):
    """A server could not be prepared or started. The message is a sentence for a person."""


class Server(Protocol):
    """One embedded server of one data directory."""

    name: str
    label: str
    stop_signals: Sequence[tuple[signal.Signals, float]]
    death_signal: signal.Signals

    def prepare(self, log: BinaryIO) -> None:
        """Make the data directory on the first start, repair what a crash left on later ones."""

    def spawn(self, log: BinaryIO) -> subprocess.Popen[bytes]:
        """Start the server as a child of this process."""

    def is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it answers."""


def spawn(
    command: Sequence[str | Path],
    *,
    identity: Identity | None,
    death_signal: signal.Signals,
    log: BinaryIO,
    stdin: int = subprocess.DEVNULL,
    libraries: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` as ``identity`` in a session of its own; it dies when this thread ends."""

    def in_child() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the keeper ignores it
        if identity is not None:
            identity.enter()
        die_with_parent(death_signal)
        os.chdir("/")

    return subprocess.Popen(
        [os.fspath(part) for part in command],
        stdin=stdin,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=_environment(libraries),
        start_new_session=True,
        preexec_fn=in_child,  # noqa: PLW1509 - a keeper has one thread
    )


def _environment(libraries: Path | None) -> dict[str, str]:
    """The caller's environment without what would steer a database server's own choices.

    Where /proc is not mounted, programs do not find the libraries next to them: they are told.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    paths = {"LD_LIBRARY_PATH": os.fspath(libraries)} if libraries is not None else {}
    return {**kept, **paths, "LC_ALL": "C", "TZ": "UTC"}
