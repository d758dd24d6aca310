"""``manage.py benchmark`` as a person runs it, in processes of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from kpitracker.benchmarks.registry import OF_THE_ENGINE

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"name", "value", "unit", "limit", "ratio", "goal"}

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """That of an installation whose configured database is the tests' own."""
    name = connection.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    yield {**os.environ, "DATABASE_URL": f"{address}/{name}"}
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}_benchmark" WITH (FORCE)')


def started(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "benchmark", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def scratch_is_there() -> bool:
    with connection.cursor() as cursor:
        name = f"{connection.settings_dict['NAME']}_benchmark"
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchone()[0])


def wait_until_it_fills(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert any(line.startswith("Writing about") for line in process.stderr)


def test_everything_is_measured_and_nothing_is_left(environment: dict[str, str]) -> None:
    process = started(environment, "all", "--facts", "8000", "--workspaces", "2", "--json")
    output, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors
    figures = json.loads(output)
    assert {one["name"].partition(".")[0] for one in figures} == set(OF_THE_ENGINE)
    assert all(set(one) == KEYS for one in figures)
    assert all(isinstance(one["value"], int | float) for one in figures)
    found = {one["name"]: one for one in figures}
    assert found["recompute"]["ratio"] > 0
    assert found["recompute.again"]["value"] == 0
    assert found["new_day.again"]["value"] == 0
    assert found["import.again.written"]["value"] == 0
    assert not scratch_is_there()


def test_what_makes_its_own_series_writes_no_facts_and_reaches_its_goals(
    environment: dict[str, str],
) -> None:
    process = started(environment, "alert_replay")
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0
    assert "Writing about" not in errors
    assert "alert_replay.precision" in output
    assert "MISSED" not in output.partition("measured ")[2]
    assert not scratch_is_there()


def test_an_interrupted_run_leaves_nothing_and_the_next_one_puts_away_what_a_killed_one_left(
    environment: dict[str, str],
) -> None:
    killed = started(environment, "recompute", "--facts", "8000", "--workspaces", "2")
    wait_until_it_fills(killed)
    killed.kill()
    killed.communicate()
    assert scratch_is_there()
    following = started(environment, "recompute", "--facts", "8000", "--workspaces", "2")
    wait_until_it_fills(following)
    following.send_signal(signal.SIGTERM)  # as Ctrl-C, and never ignored by who runs the tests
    _output, errors = following.communicate(timeout=60)
    assert following.returncode == 1
    assert "Interrupted" in errors
    assert not scratch_is_there()


def test_somebody_else_s_database_of_that_name_is_left_alone(environment: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{connection.settings_dict["NAME"]}_benchmark"')
    process = started(environment, "memory")
    _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "that no benchmark has made" in errors
    assert scratch_is_there()


def test_there_has_to_be_something_to_measure_again(environment: dict[str, str]) -> None:
    process = started(environment, "memory", "--reuse")
    _output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "--keep" in errors
