"""Worker processes of a measurement: started, fed with workspaces one by one, and timed."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from queue import Empty, SimpleQueue
from typing import IO, Any, Self

from django.conf import settings

from metrics.benchmarks.worker import READY, Answer, Order

WORKER = "metrics.benchmarks.worker"


class WorkerFailed(Exception):
    """A worker process ended before its work did; it has told why on standard error."""


@dataclass(frozen=True, slots=True)
class Work:
    """What all workspaces together took: seconds from first to last, and each one's answer."""

    seconds: float
    answers: list[Answer]

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return sum(one["rows"] for one in self.answers)

    @property
    def fact_scans(self) -> int:
        """How often the table of facts was read."""
        return sum(one["fact_scans"] for one in self.answers)

    @property
    def busy_seconds(self) -> float:
        """The seconds of all processes together."""
        return sum(one["seconds"] for one in self.answers)

    @property
    def cpu_seconds(self) -> float | None:
        """The seconds that processors worked for it, the server's too, where they are counted."""
        used = [one["cpu_seconds"] for one in self.answers]
        counted = [one for one in used if one is not None]
        return sum(counted) if len(counted) == len(used) else None

    @property
    def peak_bytes(self) -> int:
        """The size of the process that grew largest."""
        return max(one["peak_bytes"] for one in self.answers)


class Workers:
    """So many worker processes that live on from one task to the next, as a worker's do.

    They are started and have read the settings when this returns. ``module`` is what a process
    runs: it knows the tasks. Raises WorkerFailed.
    """

    def __init__(self, processes: int, *, module: str = WORKER) -> None:
        self._stack = ExitStack()
        with self._stack:
            self._processes = [
                self._stack.enter_context(_worker(module)) for _number in range(processes)
            ]
            if any(_ask(process) != READY for process in self._processes):
                raise WorkerFailed("A worker process did not start.")
            self._stack = self._stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: Any) -> None:
        self._stack.__exit__(*raised)

    def work(
        self,
        task: str,
        workspaces: Sequence[int],
        *,
        today: date,
        first: date | None = None,
        at_once: int = 1,
    ) -> Work:
        """Does a task for all workspaces: each process takes the next one when it is done with
        one, or the next so many ``at_once``. Raises WorkerFailed."""
        waiting: SimpleQueue[list[int]] = SimpleQueue()
        for first_of in range(0, len(workspaces), at_once):
            waiting.put(list(workspaces[first_of : first_of + at_once]))
        answers: list[Answer] = []

        def feed(process: subprocess.Popen[str]) -> None:
            for several in _each(waiting):
                order: Order = {
                    "task": task,
                    "workspaces": several,
                    "first": (first or today).isoformat(),
                    "today": today.isoformat(),
                }
                line = _ask(process, json.dumps(order))
                if line is None:
                    return
                answers.append(json.loads(line))

        threads = [
            threading.Thread(target=feed, args=[process], daemon=True)
            for process in self._processes
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        if sum(one["workspaces"] for one in answers) < len(workspaces):
            raise WorkerFailed(f"A worker process ended during “{task}”.")
        return Work(seconds, answers)


def work(
    task: str,
    workspaces: Sequence[int],
    *,
    processes: int,
    today: date,
    first: date | None = None,
    module: str = WORKER,
) -> Work:
    """The same in processes that are started for it, before the clock is, and end with it."""
    with Workers(processes, module=module) as workers:
        return workers.work(task, workspaces, today=today, first=first)


def _each(waiting: SimpleQueue[list[int]]) -> Iterator[list[int]]:
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def _ask(process: subprocess.Popen[str], order: str = "") -> str | None:
    """Sends an order, if any, and waits for the answer; None when the process has ended."""
    given, taken = _ends(process)
    try:
        if order:
            given.write(f"{order}\n")
            given.flush()
    except BrokenPipeError:
        return None
    return taken.readline().strip() or None


def _ends(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise WorkerFailed("A worker process has no pipes.")
    return process.stdin, process.stdout


@contextmanager
def _worker(module: str) -> Iterator[subprocess.Popen[str]]:
    """A worker process; its input is closed at the end, which ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        with process:
            pass
