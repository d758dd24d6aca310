"""An installation of real processes on the tests' database, each of which can be killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from kpitracker import embedded
from tests.mailbox import Mailbox, free_port

LEASE_SECONDS = 2
PATIENCE = 60.0
CELERY = (sys.executable, "-m", "celery", "-A", "kpitracker")
QUICK_BEAT = """
import django; django.setup()
from kpitracker.celery import app
app.conf.beat_schedule["tick"]["schedule"] = 0.5
app.Beat(loglevel="INFO", schedule={schedule!r}).run()
"""


def eventually(holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What a question answers once the answer is yes; fails when it never is."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = holds()
        if answer:
            return answer
        time.sleep(0.1)
    return pytest.fail(f"It did not happen within {seconds:.0f} seconds.")


def open_session(database: str, **options: Any) -> psycopg.Connection[Any]:
    """A session on the tests' server."""
    given = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = {name: given[key] for name, key in names.items() if given[key]}
    return psycopg.connect(dbname=database, **address, **options)


class Site:
    """Workers, schedulers, a web server and a broker of one's own, on a given database."""

    def __init__(self, directory: Path, database: str) -> None:
        self.directory = directory
        self.database = database
        self.processes: list[subprocess.Popen[bytes]] = []
        self.broker = embedded.Lease("valkey", directory)
        self.broker.take()

    @property
    def database_url(self) -> str:
        """The address of this database, on the server of the tests."""
        return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{self.database}"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of the installation is started with."""
        given = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": embedded.redis_url(self.directory),
            "DATA_DIR": str(self.directory),
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
            "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
            "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "FOLDER_SETTLE_SECONDS": "0",
            "DJANGO_SETTINGS_MODULE": "kpitracker.settings",
        }
        inherited = {
            name: text for name, text in os.environ.items() if name != "DATABASE_OWNER_URL"
        }
        return inherited | given

    def start(self, name: str, command: list[str], **environment: str) -> subprocess.Popen[bytes]:
        """A process in a group of its own; what it says is in the directory's ``name``.log."""
        with (self.directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=embedded.BASE_DIR,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        """A Celery worker with one child."""
        options = ["--loglevel", "INFO", "--concurrency", "1", "--without-gossip", "-n", name]
        return self.start(name, [*CELERY, "worker", *options])

    def scheduler(self, name: str) -> subprocess.Popen[bytes]:
        """Celery's beat, which ticks twice a second here."""
        code = QUICK_BEAT.format(schedule=str(self.directory / f"{name}-schedule"))
        return self.start(name, [sys.executable, "-c", code])

    def web(self) -> str:
        """The address of a web server that answers."""
        port = free_port()
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:kpitracker.gunicorn_settings"]
        self.start("web", gunicorn, PORT=str(port))
        return f"http://127.0.0.1:{port}"

    def tick(self) -> None:
        """A worker is told to tick, as a scheduler tells it once a minute."""
        with Celery(broker=embedded.celery_broker_url(embedded.redis_url(self.directory))) as app:
            app.send_task("kpitracker.tasks.tick")

    def said(self, name: str) -> str:
        """The log of a process."""
        return (self.directory / f"{name}.log").read_text(errors="replace")

    def connect(self) -> psycopg.Connection[Any]:
        """A session of the tests' own, which sees every workspace."""
        session = open_session(self.database)
        session.execute("select set_config('app.system', 'on', false)")
        session.commit()
        return session

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of one query, at this moment."""
        with self.connect() as session:
            return session.execute(query, values).fetchall()

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of a process and of all its children."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def lose_broker(self) -> None:
        """The broker ends, with its cache."""
        assert self.broker.leave()

    def find_broker(self) -> None:
        """The broker is back on the same address."""
        self.broker = embedded.Lease("valkey", self.directory)
        self.broker.take()

    def close(self) -> None:
        """Nothing stays; the ends of the logs are shown when the test fails."""
        for process in self.processes:
            self.kill(process)
        for log in sorted(self.directory.glob("*.log")):
            print(f"{log}\n{self.said(log.stem)[-6000:]}")
        self.broker.leave()


@pytest.fixture
def make_site(transactional_db: None, mailbox: Mailbox) -> Iterator[Callable[..., Site]]:
    """Makes installations; without a name on the tests' own database."""
    made: list[Site] = []

    def make(database: str = "") -> Site:
        directory = Path(tempfile.mkdtemp(prefix="kpi-faults-"))
        embedded.make_data_dir(directory)
        made.append(Site(directory, database or str(connection.settings_dict["NAME"])))
        return made[-1]

    yield make
    for site in made:
        site.close()
        shutil.rmtree(site.directory, ignore_errors=True)


@pytest.fixture
def copy(make_site: Callable[..., Site]) -> Iterator[Callable[[], Site]]:
    """A second installation on a copy of the tests' database as it is now."""
    name = f"{connection.settings_dict['NAME']}_copy"

    def on_the_server(*statements: str) -> None:
        with open_session("postgres", autocommit=True) as session:
            for statement in statements:
                session.execute(statement.encode())

    def make() -> Site:
        connection.close()
        original = connection.settings_dict["NAME"]
        on_the_server(
            f'drop database if exists "{name}" with (force)',
            # A web server of earlier tests may keep its connection for a while.
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{original}'",
            f'create database "{name}" template "{original}"',
        )
        return make_site(name)

    yield make
    on_the_server(f'drop database if exists "{name}" with (force)')


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """One installation."""
    return make_site()
