"""manage.py benchmark: how fast the engine is on this machine, against the machine's own limits."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError

from accounts.command import ProductCommand
from kpitracker.benchmarks.registry import MEASUREMENTS, OF_THE_ENGINE
from kpitracker.benchmarks.running import Order
from kpitracker.benchmarks.scratch import NoScratch, Scratch
from metrics.benchmarks.figures import Figure, table

ALL = "all"
FACTS, WORKSPACES = 2_000_000, 20


class Command(ProductCommand):
    """Measures in a database of its own, beside the configured one, which it never touches."""

    help = "Measure how fast the engine is, in a scratch database."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME, --facts, --workspaces, --keep, --reuse."""
        super().add_arguments(parser)
        parser.add_argument(
            "names",
            metavar="NAME",
            nargs="+",
            choices=[*MEASUREMENTS, ALL],
            help=", ".join(MEASUREMENTS),
        )
        parser.add_argument("--facts", type=int, default=FACTS, metavar="N")
        parser.add_argument("--workspaces", type=int, default=WORKSPACES, metavar="N")
        parser.add_argument("--keep", action="store_true", help="Keep the scratch database.")
        parser.add_argument(
            "--reuse", action="store_true", help="Measure the database of a run with --keep."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the figures; a goal that was missed is no error."""
        if min(options["facts"], options["workspaces"]) < 1:
            raise CommandError("--facts and --workspaces are at least 1.", returncode=2)
        order: Order = {
            "names": list(OF_THE_ENGINE) if ALL in options["names"] else options["names"],
            "facts": options["facts"],
            "workspaces": options["workspaces"],
            "reuse": options["reuse"],
        }
        try:
            figures = self._measured(order, keep=options["keep"] or options["reuse"])
        except (NoScratch, DatabaseError) as error:
            self.refuse(str(error).strip())
        except KeyboardInterrupt:
            self.refuse("Interrupted: nothing was measured to the end.")
        self.done([one.as_json() for one in figures], *table(figures))

    def _measured(self, order: Order, *, keep: bool) -> list[Figure]:
        """Makes the scratch database, measures in it, and drops it whatever happens."""
        scratch = Scratch()
        with _interrupted_when_told_to_end(), scratch.locked():
            if not order["reuse"]:
                scratch.create()
            elif not scratch.is_filled():
                raise NoScratch(
                    "There is no data set to measure again. Run it once with --keep, without "
                    "--reuse."
                )
            try:
                return self._run(order, scratch)
            finally:
                if not keep:
                    scratch.drop()

    def _run(self, order: Order, scratch: Scratch) -> list[Figure]:
        """Another process does the measuring: it knows no database but the scratch one."""
        figures: list[Figure] = []
        with _process(scratch) as (process, messages):
            process.write(f"{json.dumps(order)}\n")
            process.flush()
            for line in messages:
                message = json.loads(line)
                if "refused" in message:
                    raise NoScratch(message["refused"])
                if "filled" in message:
                    scratch.mark_filled()
                figures += [Figure(**one) for one in message.get("figures", ())]
        return figures


@contextmanager
def _process(scratch: Scratch) -> Iterator[tuple[Any, Any]]:
    """The process that measures, by its two pipes; it does not outlive this."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kpitracker.benchmarks"],
        cwd=settings.BASE_DIR,
        env=scratch.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process.stdin, process.stdout
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise NoScratch(
            f"The process that measures ended with code {process.returncode}; its reason is above."
        )


@contextmanager
def _interrupted_when_told_to_end() -> Iterator[None]:
    """SIGTERM is as Ctrl-C: what was made is put away."""

    def interrupt(signum: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
