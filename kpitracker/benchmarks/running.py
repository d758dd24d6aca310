"""Inside the scratch database: schema, data set, then one measurement after the other."""

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import Any, TypedDict

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from kpitracker.benchmarks.registry import MEASUREMENTS, WITHOUT_FACTS
from metrics.benchmarks.bench import Bench
from metrics.benchmarks.processes import WorkerFailed

RIGHTS = (
    "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
"""What the application's role may do; those of the configured database do not reach another."""


class Order(TypedDict):
    """What to measure, on how much; `reuse`: on what an earlier run left."""

    names: list[str]
    facts: int
    workspaces: int
    reuse: bool


def run(order: Order) -> None:
    """Measures, telling ``filled`` once the data set is whole, and each measurement's figures.

    Where something keeps it from measuring, it tells ``refused`` with the reason.
    """
    try:
        bench = _bench(order)
        for name in order["names"]:
            _say(f"Measuring {name}…")
            _tell(figures=[asdict(one) for one in MEASUREMENTS[name](bench)])
    except (WorkerFailed, LookupError) as error:
        _tell(refused=str(error))


def _bench(order: Order) -> Bench:
    if order["reuse"]:
        return Bench.found(say=_say)
    _prepare()
    alone = set(order["names"]) <= set(WITHOUT_FACTS)
    bench = Bench.filled(
        facts=1 if alone else order["facts"],
        workspaces=1 if alone else order["workspaces"],
        last_day=timezone.now().date() - timedelta(days=1),
        say=(lambda _text: None) if alone else _say,
    )
    bench.say = _say
    if not alone:
        _tell(filled=True)
    return bench


def _prepare() -> None:
    """The schema, and the application's rights to it."""
    role = connections["default"].settings_dict["USER"]
    with connections["owner"].cursor() as cursor:
        if role and role != connections["owner"].settings_dict["USER"]:
            for right in RIGHTS:
                cursor.execute(right.format(role=connections["owner"].ops.quote_name(role)))
    call_command("migrate", verbosity=0, interactive=False)


def _tell(**message: Any) -> None:
    sys.stdout.write(f"{json.dumps(message)}\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
