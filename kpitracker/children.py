"""The programs that ``make run`` keeps going next to the servers: web, worker, scheduler."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kpitracker.embedded import BASE_DIR, LOG_LINES_SHOWN, rotate
from kpitracker.identity import die_with_parent

BACKOFF_SECONDS = (0.5, 1.0, 3.0, 8.0, 15.0)
DEATHS_ALLOWED = len(BACKOFF_SECONDS)
DEATHS_WINDOW_SECONDS = 180.0
LOG_LIMIT_BYTES = 10_000_000
ALARMS = (" ERROR ", " CRITICAL ", "[ERROR]", "[CRITICAL]", "ERROR/", "CRITICAL/")


class KeepsDying(Exception):
    """A program died too often in a short time. The message ends with its log."""


@dataclass
class Child:
    """One program, restarted when it dies, each time later."""

    name: str
    command: Sequence[str]
    log: Path
    stop_signal: signal.Signals
    stop_seconds: float
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_ALLOWED))
    start_at: float = 0.0
    read_to: int = 0

    def start(self, group: int) -> int:
        """Start it in process group ``group`` (0: a new one); returns the group it is in."""

        def in_child() -> None:
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, signal.SIG_DFL)
            try:
                os.setpgid(0, group)
            except OSError:  # the last of that group has died meanwhile
                os.setpgid(0, 0)
            die_with_parent(signal.SIGKILL)

        rotate(self.log)
        with self.log.open("ab") as log:
            self.read_to = log.tell()
            self.process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=in_child,  # noqa: PLW1509 - the supervisor has one thread
            )
        return os.getpgid(self.process.pid)

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self.process is not None and self.process.poll() is None

    def has_died(self) -> int | None:
        """The exit code of a process that has just ended; schedules its next start.

        Raises:
            KeepsDying: once too often.
        """
        if self.process is None or self.process.poll() is None:
            return None
        code, now = self.process.returncode, time.monotonic()
        self.process = None
        self.deaths.append(now)
        if len(self.deaths) == DEATHS_ALLOWED and now - self.deaths[0] < DEATHS_WINDOW_SECONDS:
            raise KeepsDying(
                f"{self.name} died {DEATHS_ALLOWED} times within "
                f"{now - self.deaths[0]:.0f} seconds, the last time with code {code}.\n"
                + self.end_of_log()
            )
        self.start_at = now + BACKOFF_SECONDS[len(self.deaths) - 1]
        return code

    def stop(self, in_a_hurry: Callable[[], bool]) -> None:
        """Ask it to end and wait; in a hurry, or when it takes too long, kill it."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        deadline = time.monotonic() + self.stop_seconds
        while self.running and time.monotonic() < deadline and not in_a_hurry():
            time.sleep(0.05)
        self.process.kill()
        self.process.wait()

    def new_alarms(self) -> list[str]:
        """Lines that tell of an error, written to the log since the last call."""
        size = self.log.stat().st_size
        with self.log.open("rb") as log:
            log.seek(min(self.read_to, size))
            text = log.read(1_000_000)
        complete = text[: text.rfind(b"\n") + 1]
        self.read_to = min(self.read_to, size) + len(complete)
        lines = complete.decode(errors="replace").splitlines()
        return [line for line in lines if any(alarm in line for alarm in ALARMS)]

    def shorten_log(self) -> None:
        """Move a long log aside while its writer keeps appending to the same file."""
        if self.log.stat().st_size > LOG_LIMIT_BYTES:
            shutil.copyfile(self.log, self.log.with_name(f"{self.log.name}.1"))
            os.truncate(self.log, 0)
            self.read_to = 0

    def end_of_log(self) -> str:
        """The last lines of the log, for an error message."""
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_LINES_SHOWN:]
        return "\n".join([f"The end of {self.log}:", *(f"  {line}" for line in lines)])
