"""The supervisor behind `make run`, as a person uses it: start, kill, start again, stop."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kpitracker import embedded, up
from kpitracker.children import Child, KeepsDying
from tests.services.conftest import eventually, processes_on, python

START_SECONDS = 180.0


class Running:
    """A supervisor in another process, and what it prints."""

    def __init__(self, data_dir: Path, port: int) -> None:
        self.data_dir = data_dir
        self.port = port
        self.output = data_dir.with_name(f"{data_dir.name}.{time.monotonic_ns()}.out")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--without-demo"],
                cwd=embedded.BASE_DIR,
                env={**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_up(self) -> None:
        """Return when it says that it runs."""
        assert eventually(lambda: "is running" in self.text(), START_SECONDS), self.text()

    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()

    def signal(self, signum: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.process.send_signal(signum)
        return self.process.wait(timeout=120)


def refused(data_dir: Path, port: int) -> str:
    """What a start prints that ends with exit code 1."""
    run = Running(data_dir, port)
    assert run.process.wait(timeout=60) == 1
    return run.text()


def children_of(run: Running) -> dict[str, int]:
    """The process numbers of the programs it keeps going, by a word of their command line."""
    children = [pid for pid in processes_on(run.data_dir) if parent_of(pid) == run.process.pid]
    words = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in children}
    programs = ("gunicorn", "beat", "worker")
    return {name: pid for pid, line in words.items() for name in programs if name.encode() in line}


def parent_of(pid: int) -> int:
    """The number of a process's parent."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture
def running(shared_data_dir: Path, port: int) -> Iterator[Running]:
    """A supervisor that is up; only the first has to make the database."""
    run = Running(shared_data_dir, port)
    run.wait_until_up()
    yield run
    if run.process.poll() is None:
        run.signal(signal.SIGTERM)
    run.output.unlink()


@pytest.mark.slow
def test_it_stops_everything_in_order(running: Running) -> None:
    assert running.signal(signal.SIGINT) == 0
    stopped = [
        line.split(":")[0].strip() for line in running.text().split("Stopping")[1].split("\n")
    ]
    assert stopped[1:6] == ["Web", "Scheduler", "Worker", "Valkey", "PostgreSQL"]
    assert processes_on(running.data_dir) == []


@pytest.mark.slow
def test_a_killed_supervisor_leaves_no_process_and_no_damage(running: Running) -> None:
    running.signal(signal.SIGKILL)
    assert eventually(lambda: not processes_on(running.data_dir))
    again = Running(running.data_dir, running.port)
    again.wait_until_up()
    assert "Database schema: up to date" in again.text()
    assert "Static files: up to date" in again.text()
    again.signal(signal.SIGTERM)
    again.output.unlink()


@pytest.mark.slow
def test_web_worker_and_scheduler_share_a_group_apart_from_the_terminals(running: Running) -> None:
    children = children_of(running)
    groups = {os.getpgid(child) for child in children.values()}
    assert sorted(children) == ["beat", "gunicorn", "worker"]
    assert len(groups) == 1
    assert os.getpgid(running.process.pid) not in groups


@pytest.mark.slow
def test_a_program_that_dies_is_started_again(running: Running) -> None:
    old = children_of(running)["gunicorn"]
    os.kill(old, signal.SIGKILL)
    assert eventually(lambda: "Web died with code -9" in running.text())
    assert eventually(lambda: up.answers(running.port))
    assert children_of(running)["gunicorn"] != old


@pytest.mark.slow
def test_a_second_one_on_the_same_data_is_refused(data_dir: Path, port: int) -> None:
    embedded.make_data_dir(data_dir)
    up.lock(data_dir)
    said = refused(data_dir, port)
    assert f"already runs on {data_dir} (process {os.getpid()})" in said
    assert not (data_dir / "postgres").exists()


@pytest.mark.slow
def test_a_port_in_use_is_refused(data_dir: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        said = refused(data_dir, port)
    assert f"Port {port} cannot be used" in said
    assert f"make run PORT={port + 1}" in said
    assert not (data_dir / "postgres").exists()


@pytest.mark.slow
def test_it_stops_when_the_process_that_started_it_is_killed(data_dir: Path, port: int) -> None:
    code = """
import os, subprocess, sys
command = [sys.executable, "manage.py", "up", "--parent", str(os.getpid())]
subprocess.run([*command, "--without-demo"])
"""
    make = python(code, PORT=str(port))
    assert eventually((data_dir / "run" / "postgres.state").exists)
    make.kill()
    make.communicate()
    assert eventually(lambda: not processes_on(data_dir))


@pytest.mark.slow
def test_a_command_works_beside_it(running: Running) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "showmigrations", "accounts"],
        cwd=embedded.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "[X] 0001_initial" in done.stdout
    assert "started" not in done.stderr
    assert up.answers(running.port)


def test_a_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up, "NEEDED_BYTES", 10**18)
    with pytest.raises(up.Refused, match="Free some space, or set DATA_DIR"):
        up.check_space(tmp_path)


@pytest.mark.parametrize("text", ["80a", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(up.Refused, match="Set it to a number from 1 to 65535"):
        up.port_number()


def test_a_program_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    script = "print('no such table'); raise SystemExit(3)"
    child = Child(
        "Worker",
        [sys.executable, "-c", script],
        tmp_path / "worker.log",
        stop_signal=signal.SIGTERM,
        stop_seconds=1.0,
    )

    def die() -> int | None:
        child.start(0)
        assert child.process is not None
        child.process.wait()
        return child.has_died()

    assert [die() for _ in range(4)] == [3, 3, 3, 3]
    with pytest.raises(KeepsDying, match=r"Worker died 5 times(.|\n)*no such table"):
        die()


def test_errors_in_a_log_are_noticed_once(tmp_path: Path) -> None:
    line = "2026-03-09 08:00:00 ERROR metrics.night [-] Northwind failed"
    child = Child(
        "Worker",
        [sys.executable, "-c", f"print({line!r}); print('all well')"],
        tmp_path / "worker.log",
        stop_signal=signal.SIGTERM,
        stop_seconds=1.0,
    )
    child.start(0)
    assert child.process is not None
    child.process.wait()
    assert child.new_alarms() == [line]
    assert child.new_alarms() == []
