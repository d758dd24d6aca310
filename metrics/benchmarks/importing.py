"""Bringing in a file of facts, against a bare COPY and upsert of the rows that it holds."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.models import Workspace
from accounts.scope import system_scope, workspace_scope
from metrics import fact_sql
from metrics.benchmarks import dataset
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.figures import Figure
from metrics.catalogue import CATALOGUE
from metrics.catalogue.definition import Rollup
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions, Limits
from metrics.models import Batch

FACTS, LARGE_FACTS = 200_000, 1_000_000
GOAL = 3.0
GOAL_MB = 250
MEGABYTE = 1_000_000
ROUNDS = 3
"""Each time is the shortest of so many: what else the machine does is no part of it."""
METRICS, DAYS, CAMPAIGNS = 30, 730, 40
CHANNELS = ("organic", "paid_search", "social", "email", "referral", "display")
DEVICES = ("desktop", "smartphone", "tablet")
LARGE = Limits(size=2 * 1024**3, rows=5_000_000, columns=2_000)

NO_LIMIT = "SET LOCAL statement_timeout = 0"
SAME_SHAPE = "CREATE TABLE bare_fact (LIKE metrics_fact INCLUDING ALL)"
DROP = "DROP TABLE bare_fact"
OUT = """
COPY (
    SELECT {key}, trim_scale(value) FROM metrics_fact
    WHERE workspace_id = {workspace:d}
    ORDER BY day, metric_id, campaign_id, device_id
) TO STDOUT
"""
UPSERT = f"""
INSERT INTO bare_fact AS f (workspace_id, {fact_sql.KEY}, value, batch_id)
SELECT 1, {fact_sql.KEY}, value, 1 FROM staged_facts
ON CONFLICT (workspace_id, {fact_sql.KEY}) DO UPDATE
SET value = excluded.value, batch_id = excluded.batch_id
WHERE f.value IS DISTINCT FROM excluded.value
"""  # noqa: S608 - the names stand in the product
WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_xact_user_tables
WHERE relname = 'metrics_fact'
"""


class Import(NamedTuple):
    """Seconds from the file to the commit, rows of facts written, and what was counted."""

    seconds: float
    rows_written: int
    batch: Batch


def measure(bench: Bench) -> list[Figure]:
    """The file of the goal, or a smaller one where the whole data set is smaller."""
    facts = min(FACTS, bench.facts)
    bench.say(f"Importing a file of {facts:,} facts…")
    return measure_import(facts=facts)


def measure_large(bench: Bench) -> list[Figure]:
    """A file of a million rows, once: what a first load of years of history costs."""
    bench.say(f"Importing a file of {LARGE_FACTS:,} facts…")
    return measure_import(facts=LARGE_FACTS, rounds=1, name="import_large", goal_mb=None)


def measure_import(
    *, facts: int, rounds: int = ROUNDS, name: str = "import", goal_mb: float | None = GOAL_MB
) -> list[Figure]:
    """Imports a new file of so many facts and the same file again, in workspaces of its own.

    Needs a scratch database, in whose name the environment's settings stand.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "facts.csv"
        path.write_text("".join(file_lines(facts)), encoding="utf-8")
        firsts, agains, bares, bares_again = [], [], [], []
        for _round in range(rounds):
            workspace = _new_workspace()
            firsts.append(_import(workspace, path))
            agains.append(_import(workspace, path))
            fresh, same = _bare(workspace)
            bares.append(fresh)
            bares_again.append(same)
        peak = _peak_of_command(_new_workspace(), path)
    first, again = (min(one.seconds for one in listed) for listed in (firsts, agains))
    return [
        Figure.against(name, first, "s", limit=min(bares), goal=GOAL),
        Figure(f"{name}.facts", firsts[0].batch.created, "facts"),
        Figure.against(f"{name}.again", again, "s", limit=min(bares), goal=GOAL),
        Figure.against(f"{name}.again.upsert", again, "s", limit=min(bares_again)),
        Figure(f"{name}.again.written", max(one.rows_written for one in agains), "rows", goal=0),
        Figure(f"{name}.memory", peak / MEGABYTE, "MB", goal=goal_mb),
    ]


def file_lines(facts: int) -> Iterator[str]:
    """The lines of a file in the product's long layout: thirty metrics of two years at most."""
    keys = [key for key, one in CATALOGUE.items() if one.rollup is Rollup.SUM][:METRICS]
    places = list(product(range(CAMPAIGNS), DEVICES))
    first = date(2024, 1, 1)
    yield "date,metric,channel,campaign,device,value\n"
    a_day = places[: -(-facts // (DAYS * len(keys)))]
    rows = product(range(DAYS), enumerate(keys), a_day)
    for day, (number, key), (campaign, device) in islice(rows, facts):
        value = 1 + (day * 7919 + number * 104_729 + campaign * 1299 + len(device) * 31) % 4999
        money = f".{value % 100:02}" if str(CATALOGUE[key].unit).startswith("money") else ""
        yield (
            f"{first + timedelta(days=day)},{key},{CHANNELS[campaign % len(CHANNELS)]},"
            f"Campaign {campaign},{device},{value}{money}\n"
        )


def _new_workspace() -> Workspace:
    with system_scope():
        number = Workspace.objects.filter(slug__startswith="import-").count() + 1
        return dataset.make_workspace("import", number, dataset.make_owner())


def _import(workspace: Workspace, path: Path) -> Import:
    """Imports the file as the command does, from its first byte to the commit."""
    now = timezone.now()
    began = time.perf_counter()
    with workspace_scope(workspace.pk), connection.cursor() as cursor:
        before = _rows_written(cursor)
        batch = import_file(
            workspace,
            user=None,
            name=path.name,
            data=path.read_bytes(),
            options=ImportOptions(),
            today=now.date(),
            now=now,
            limits=LARGE,
        )
        written = _rows_written(cursor) - before
    return Import(time.perf_counter() - began, written, batch)


def _rows_written(cursor: CursorWrapper) -> int:
    """What this connection wrote and has not reported yet: also of earlier transactions."""
    cursor.execute(WRITTEN)
    return int(cursor.fetchone()[0])


def _bare(workspace: Workspace) -> tuple[float, float]:
    """Seconds of COPY and upsert of the same rows into an empty table of the same shape.

    Then of the same again. Nothing is read, looked up, compared, checked or kept for an undo.
    """
    copied = OUT.format(key=fact_sql.KEY, workspace=workspace.pk)
    with workspace_scope(workspace.pk), connection.cursor() as cursor:
        cursor.execute(NO_LIMIT)
        with cursor.copy(copied) as rows:
            text = b"".join(rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute(SAME_SHAPE)
    try:
        return _copy_and_upsert(text), _copy_and_upsert(text)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(DROP)


def _copy_and_upsert(text: bytes) -> float:
    began = time.perf_counter()
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute(NO_LIMIT)
        cursor.execute(fact_sql.CREATE_STAGING)
        with cursor.copy(fact_sql.COPY) as copy:
            copy.write(text)
        cursor.execute(UPSERT)
        cursor.execute(fact_sql.DROP_STAGING)
    return time.perf_counter() - began


PROGRAM = """
import sys
import django
django.setup()
from django.core.management import call_command
from metrics.benchmarks.worker import peak_bytes
call_command("import_facts", sys.argv[1], "--json", workspace=sys.argv[2], stdout=sys.stderr)
print(peak_bytes())
"""


def _peak_of_command(workspace: Workspace, path: Path) -> int:
    """The largest size in bytes of a process that imports the file and nothing else.

    It tells its size itself: what the system tells of a child counts its parent's.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path), workspace.slug],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return int(done.stdout)
