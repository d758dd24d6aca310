"""A backup comes back whole, or nothing changes: real commands, a server of one's own."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpitracker import embedded
from kpitracker.backups.archive import DATABASE, MANIFEST, sha256_of
from kpitracker.postgresql import DATABASE as DATABASE_NAME
from kpitracker.postgresql import OWNER_ROLE

pytestmark = pytest.mark.slow

OWNER = "ada@example.com"
PASSWORD = "a long passphrase of ada's"
FACTS = """date,metric,channel,value
2026-10-01,sessions,organic,120
2026-10-02,sessions,organic,130
2026-10-02,leads,,7
"""
MAILS = """
INSERT INTO accounts_outgoingmail (public_id, kind, key, "to", subject, text, html, headers,
    resend_if_stuck, state, attempts, error, created_at)
VALUES ('mail_late', 'digest', 'late', 'a@example.com', 's', 't', '', '{}', false, 'queued', 0, '',
        now() - interval '3 days'),
    ('mail_fresh', 'digest', 'fresh', 'a@example.com', 's', 't', '', '{}', false, 'queued', 0, '',
        now()),
    ('mail_flying', 'digest', 'flying', 'a@example.com', 's', 't', '', '{}', false, 'inflight', 1,
        '', now())
"""
JOB = """
INSERT INTO kpitracker_job (kind, key, state, run_after, lease_until, attempts, payload, progress,
    error, created_at)
VALUES ('night', 'lost', 'running', now(), now() + interval '1 minute', 1, '{}', '{}', '', now())
"""
LOG_IN = """
import django; django.setup()
from django.contrib.auth import authenticate
from accounts.models import User
print(User.objects.get(email={email!r}).check_password({password!r}))
"""


def manage(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """A command of the product, in a process of its own."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=embedded.BASE_DIR,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def answer(*arguments: str) -> Any:
    """What a command prints with --json; it must succeed."""
    done = manage(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def installed(shared_data_dir: Path) -> Iterator[Path]:
    """An installation with a workspace, its figures, mails on their way and a job at work."""
    embedded.make_data_dir(shared_data_dir)
    lease = embedded.Lease("postgres", shared_data_dir)
    lease.take()
    try:
        fill(shared_data_dir)
        yield shared_data_dir
    finally:
        lease.leave()


def fill(directory: Path) -> None:
    """A workspace with figures, mails and a job, and a backup of it all."""
    assert manage("migrate", "-v0").returncode == 0
    workspace = ("acme", "--name", "Acme", "--currency", "EUR", "--timezone", "Europe/Paris")
    options = ("--language", "fr", "--owner", OWNER, "--password-stdin")
    assert manage("create_workspace", *workspace, *options, given=PASSWORD).returncode == 0
    facts = directory / "facts.csv"
    facts.write_text(FACTS)
    answer("import_facts", str(facts), "--workspace", "acme", "--feed", "Site")
    answer("recompute", "--workspace", "acme")
    write(MAILS)
    write(JOB)
    answer("backup", str(directory / "whole.tar"))


def session() -> psycopg.Connection[Any]:
    """A session of the tables' owner, which sees every workspace."""
    return psycopg.connect(
        host=str(embedded.socket_dir(embedded.default_data_dir()) / "postgres"),
        dbname=DATABASE_NAME,
        user=OWNER_ROLE,
        options="-c app.system=on",
        autocommit=True,
    )


def write(statement: str) -> None:
    with session() as opened:
        opened.execute(statement)


def ask(query: str) -> list[Any]:
    with session() as opened:
        return opened.execute(query).fetchall()


def sessions_in_october() -> str | None:
    span = ("--grain", "month", "--from", "2026-10-01", "--to", "2026-10-31")
    (value,) = answer("metric_values", "sessions", "--workspace", "acme", *span)["values"]
    found: str | None = value["value"]
    return found


def test_everything_comes_back_and_old_mails_do_not_go_out(installed: Path) -> None:
    write("UPDATE accounts_workspace SET name = 'Something else'")
    write("DELETE FROM metrics_fact")
    write("DELETE FROM metrics_snapshot")
    found = answer("restore", str(installed / "whole.tar"), "--replace")
    assert found["mails_skipped"] == 1
    assert found["keys_missing"] == []
    assert ask("SELECT name FROM accounts_workspace") == [("Acme",)]
    assert sessions_in_october() == "250"
    states = dict(ask("SELECT key, state FROM accounts_outgoingmail WHERE kind = 'digest'"))
    assert states == {"late": "skipped", "fresh": "queued", "flying": "uncertain"}
    assert ask("SELECT state, lease_until FROM kpitracker_job WHERE key = 'lost'") == [
        ("queued", None)
    ]


def test_people_can_sign_in_afterwards(installed: Path) -> None:
    answer("restore", str(installed / "whole.tar"), "--replace")
    code = LOG_IN.format(email=OWNER, password=PASSWORD)
    asked = subprocess.run(
        [sys.executable, "-c", code],
        cwd=embedded.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kpitracker.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout.strip() == "True"


def test_an_installation_in_order_is_verified(installed: Path) -> None:
    answer("restore", str(installed / "whole.tar"), "--replace")
    write("UPDATE accounts_outgoingmail SET state = 'sent'")
    found = answer("verify")
    assert found["ok"]
    assert {check["name"] for check in found["checks"]} >= {"migrations", "figures", "keys"}


def test_what_is_wrong_is_found(installed: Path) -> None:
    answer("restore", str(installed / "whole.tar"), "--replace")
    write("UPDATE metrics_fact SET value = value + 1")
    write("ALTER TABLE metrics_fact NO FORCE ROW LEVEL SECURITY")
    write("DELETE FROM accounts_membership")
    refused = manage("verify", "--json")
    assert refused.returncode == 1
    failed = {check["name"] for check in json.loads(refused.stdout)["checks"] if not check["ok"]}
    assert failed >= {"figures", "row_security", "owners"}
    write("ALTER TABLE metrics_fact FORCE ROW LEVEL SECURITY")


def test_a_database_that_holds_something_is_not_replaced_unasked(installed: Path) -> None:
    refused = manage("restore", str(installed / "whole.tar"))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr


def test_a_database_in_use_is_left_alone(installed: Path) -> None:
    with session():
        refused = manage("restore", str(installed / "whole.tar"), "--replace")
    assert refused.returncode == 1
    assert "Stop the web server" in refused.stderr


def rewritten(original: Path, target: Path, *, spoil_manifest: bool) -> Path:
    """A copy whose dump is cut off; with its checksum made to fit, if asked."""
    directory = target.parent / f"{target.name}-parts"
    with tarfile.open(original) as tar:
        tar.extractall(directory, filter="data")
    dump = directory / DATABASE
    content = dump.read_bytes()
    dump.write_bytes(content[: len(content) * 3 // 4])
    if spoil_manifest:
        manifest = json.loads((directory / MANIFEST).read_text())
        manifest["dump_sha256"] = sha256_of(dump)
        (directory / MANIFEST).write_text(json.dumps(manifest))
    with tarfile.open(target, "w") as tar:
        tar.add(directory / MANIFEST, MANIFEST)
        tar.add(dump, DATABASE)
    return target


@pytest.mark.parametrize("spoil_manifest", [False, True])
def test_a_damaged_backup_changes_nothing(installed: Path, spoil_manifest: bool) -> None:
    answer("restore", str(installed / "whole.tar"), "--replace")
    name = f"damaged-{spoil_manifest}.tar"
    damaged = rewritten(installed / "whole.tar", installed / name, spoil_manifest=spoil_manifest)
    refused = manage("restore", str(damaged), "--replace")
    assert refused.returncode == 1
    assert sessions_in_october() == "250"


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\x00" * 20_000])
def test_another_file_is_no_backup(installed: Path, content: bytes) -> None:
    other = installed / "other.tar"
    other.write_bytes(content)
    refused = manage("restore", str(other), "--replace")
    assert refused.returncode == 1
    assert "backup" in refused.stderr


def test_a_backup_of_later_migrations_asks_for_that_version(installed: Path) -> None:
    with tarfile.open(installed / "whole.tar") as tar:
        tar.extractall(installed / "later", filter="data")
    manifest = json.loads((installed / "later" / MANIFEST).read_text())
    manifest["migrations"].append("metrics.9999_later")
    (installed / "later" / MANIFEST).write_text(json.dumps(manifest))
    with tarfile.open(installed / "later.tar", "w") as tar:
        tar.add(installed / "later" / MANIFEST, MANIFEST)
        tar.add(installed / "later" / DATABASE, DATABASE)
    refused = manage("restore", str(installed / "later.tar"), "--replace")
    assert refused.returncode == 1
    assert "metrics.9999_later" in refused.stderr


def test_a_file_that_is_there_is_not_written_over(installed: Path) -> None:
    refused = manage("backup", str(installed / "whole.tar"))
    assert refused.returncode == 1
    assert "--force" in refused.stderr


def test_a_lost_key_is_named_when_restoring(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE="
    monkeypatch.setenv("FIELD_ENCRYPTION_KEYS", other)
    found = answer("restore", str(installed / "whole.tar"), "--replace")
    assert len(found["keys_missing"]) == 1
