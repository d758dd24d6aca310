"""A data directory and an environment of one's own, and what is left of a process afterwards."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kpitracker import embedded

REPLACED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL", "DEBUG", "DATA_DIR")


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data directory that the environment points to, with no other servers given."""
    with own_data_dir(monkeypatch) as directory:
        yield directory


@pytest.fixture(scope="module")
def shared_data_dir() -> Iterator[Path]:
    """The same for all tests of a module: what one leaves, the next one finds."""
    with pytest.MonkeyPatch.context() as monkeypatch, own_data_dir(monkeypatch) as directory:
        yield directory


@contextmanager
def own_data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a data directory, point to it, and leave neither files nor processes behind."""
    for name in REPLACED:
        monkeypatch.delenv(name, raising=False)
    directory = Path(tempfile.mkdtemp(prefix="kpitracker-services-"))
    monkeypatch.setenv("DATA_DIR", str(directory))
    yield directory
    for pid in processes_on(directory):
        os.kill(pid, 9)
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_on(directory: Path) -> list[int]:
    """Processes whose environment or command line names the directory, but for this one."""
    needle = os.fsencode(directory)
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                named = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if needle in named:
                found.append(int(entry.name))
    return found


def python(code: str, **environment: str) -> subprocess.Popen[str]:
    """Run code in another process of this project."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=embedded.BASE_DIR,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def eventually(holds: Callable[[], object], seconds: float = 30.0) -> bool:
    """Whether something comes to hold within a generous time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False
