"""The embedded servers: started by the first, stopped by the last, hurt by no kill."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from kpitracker import embedded
from kpitracker.embedded import EmbeddedError, Lease
from kpitracker.machine import memory_bytes
from kpitracker.postgresql import shared_megabytes
from tests.services.conftest import eventually, processes_on, python

pytestmark = pytest.mark.slow

USE = """
import sys
from kpitracker import embedded
leases = embedded.ensure_running()
print("ready", flush=True)
sys.stdin.readline()
"""


def connect(data_dir: Path, role: str = "kpitracker_app") -> psycopg.Connection:
    """A connection to the embedded database."""
    host = str(embedded.socket_dir(data_dir) / "postgres")
    return psycopg.connect(host=host, user=role, dbname="kpitracker", autocommit=True)


def scalar(data_dir: Path, statement: str, role: str = "kpitracker_app") -> object:
    """The first column of a statement's first row."""
    with connect(data_dir, role) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


@pytest.fixture
def leases(data_dir: Path) -> Iterator[list[Lease]]:
    """Both servers, running."""
    taken = embedded.ensure_running()
    yield taken
    for lease in reversed(taken):
        lease.leave()


def start_user() -> subprocess.Popen[str]:
    """Another process that uses the servers until a line is written to it."""
    user = python(USE)
    assert user.stdout is not None
    assert user.stdout.readline() == "ready\n"
    return user


def let_go(user: subprocess.Popen[str]) -> None:
    """Let the other process end."""
    user.communicate("\n", timeout=60)
    assert user.returncode == 0


def test_roles_are_bound_by_row_security(data_dir: Path, leases: list[Lease]) -> None:
    with connect(data_dir, "postgres") as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles "
            "WHERE rolname LIKE 'kpitracker%' ORDER BY rolname"
        ).fetchall()
    assert rows == [
        ("kpitracker_app", False, False, False),
        ("kpitracker_owner", False, False, True),
    ]


def test_the_application_uses_what_its_owner_makes(data_dir: Path, leases: list[Lease]) -> None:
    with connect(data_dir, "kpitracker_owner") as owner:
        owner.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    with connect(data_dir) as app:
        app.execute("INSERT INTO thing (name) VALUES ('é')")
        app.execute("CREATE TEMPORARY TABLE staging (LIKE thing)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE thing")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE other ()")


def test_it_is_durable_and_off_the_network(data_dir: Path, leases: list[Lease]) -> None:
    assert scalar(data_dir, "SHOW fsync") == "on"
    assert scalar(data_dir, "SHOW listen_addresses") == ""
    assert scalar(data_dir, "SHOW server_encoding") == "UTF8"
    client = redis.Redis.from_url(embedded.redis_url(data_dir))
    settings = client.config_get("appendonly", "appendfsync", "maxmemory-policy", "port")
    assert settings == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }


def test_it_keeps_pages_in_its_share_of_the_memory(data_dir: Path, leases: list[Lease]) -> None:
    asked = "SELECT setting::int / 128 FROM pg_settings WHERE name = 'shared_buffers'"
    kept = scalar(data_dir, asked)
    assert kept == shared_megabytes(memory_bytes())


def test_nobody_else_can_enter_the_sockets(data_dir: Path, leases: list[Lease]) -> None:
    for name in ("postgres", "valkey"):
        assert (embedded.socket_dir(data_dir) / name).stat().st_mode & 0o077 == 0


def test_the_last_user_stops_the_servers(data_dir: Path) -> None:
    first, second = start_user(), start_user()
    server = scalar(data_dir, "SELECT pg_postmaster_start_time()")
    let_go(first)
    assert scalar(data_dir, "SELECT pg_postmaster_start_time()") == server
    let_go(second)
    assert processes_on(data_dir) == []


def test_two_that_start_at_once_share_one_server(data_dir: Path) -> None:
    users = [python(USE) for _ in range(3)]
    for user in users:
        assert user.stdout is not None
        assert user.stdout.readline() == "ready\n"
    for user in users:
        let_go(user)
    assert processes_on(data_dir) == []


def test_a_killed_user_leaves_no_server(data_dir: Path) -> None:
    user = start_user()
    user.kill()
    user.communicate()
    assert eventually(lambda: not processes_on(data_dir))


def test_killed_keepers_take_their_servers_along(data_dir: Path) -> None:
    user = start_user()
    for name in ("postgres", "valkey"):
        state = Lease(name, data_dir).state()
        assert state is not None
        os.kill(state["keeper"], signal.SIGKILL)
    assert eventually(lambda: processes_on(data_dir) == [user.pid])
    user.kill()
    user.communicate()


def test_what_was_committed_survives_a_kill_of_everything(data_dir: Path) -> None:
    user = start_user()
    with connect(data_dir, "kpitracker_owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    redis.Redis.from_url(embedded.redis_url(data_dir)).set("kept", "42")
    assert eventually(
        lambda: b"kept" in next((data_dir / "valkey").rglob("*.incr.aof")).read_bytes()
    )
    for pid in processes_on(data_dir):
        os.kill(pid, signal.SIGKILL)
    user.communicate()
    assert eventually(lambda: not processes_on(data_dir))
    again = start_user()
    assert scalar(data_dir, "SELECT answer FROM kept", "kpitracker_owner") == 42
    assert redis.Redis.from_url(embedded.redis_url(data_dir)).get("kept") == b"42"
    let_go(again)


def test_a_lock_file_with_a_strangers_number_is_no_obstacle(data_dir: Path) -> None:
    let_go(start_user())
    lock = data_dir / "postgres" / "data" / "postmaster.pid"
    lock.write_text(f"{os.getppid()}\n{lock.parent}\n1\n5432\n\n\n")
    let_go(start_user())


def test_a_cut_short_creation_starts_anew(data_dir: Path) -> None:
    half_made = data_dir / "postgres" / "data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    let_go(start_user())
    assert not half_made.exists()


def test_a_server_that_dies_is_started_again(data_dir: Path, leases: list[Lease]) -> None:
    state = leases[0].state()
    assert state is not None
    assert state["server"] is not None
    os.kill(state["server"], signal.SIGKILL)

    def is_back() -> bool:
        now = leases[0].state()
        return now is not None and now["status"] == "ready" and now["server"] != state["server"]

    assert eventually(is_back)
    assert scalar(data_dir, "SELECT 1") == 1


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    (data_dir / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(EmbeddedError, match=r"PostgreSQL ended at its start(.|\n)*postgres\.log"):
        embedded.ensure_running()
    assert eventually(lambda: not processes_on(data_dir))


def test_a_path_too_long_for_sockets_works(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = data_dir / ("deep-" * 20)
    monkeypatch.setenv("DATA_DIR", str(deep))
    user = start_user()
    assert scalar(deep, "SELECT 1") == 1
    let_go(user)
    for path in sorted(embedded.socket_dir(deep).rglob("*"), reverse=True):
        path.rmdir()
    embedded.socket_dir(deep).rmdir()


def test_a_command_brings_its_servers_along(data_dir: Path) -> None:
    arguments = ["manage.py", "showmigrations", "accounts"]
    code = f"import sys, manage; sys.argv = {arguments}; manage.main()"
    command = python(code)
    output, errors = command.communicate(timeout=120)
    assert command.returncode == 0, errors
    assert "[ ] 0001_initial" in output
    assert "PostgreSQL started in" in errors
    assert processes_on(data_dir) == []


def test_a_data_directory_that_cannot_be_written_gets_a_sentence(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (data_dir / "file").write_text("in the way")
    monkeypatch.setenv("DATA_DIR", str(data_dir / "file"))
    with pytest.raises(EmbeddedError, match=r"cannot be written .* set DATA_DIR"):
        embedded.ensure_running()
