"""What must be done before a local run can serve, in one Django process.

Each step says what it did and how long it took; on a second start most find nothing to do. A step
that fails says which one, why and what to do, and the exit code is 1.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from kpitracker.bootstrap_names import DEMO_FILE, DEMO_STEP


@dataclass(frozen=True)
class Step:
    """One thing to do: its name, the function that does it and tells what it did, the remedy."""

    name: str
    run: Callable[[], str]
    remedy: str


def compile_messages() -> str:
    """Compile the translations whose sources are newer."""
    stale = [
        source
        for root in settings.LOCALE_PATHS
        for source in Path(root).rglob("*.po")
        if not _is_newer(source.with_suffix(".mo"), source)
    ]
    if not stale:
        return "up to date"
    call_command("messages", compile=True, stdout=io.StringIO())
    return f"{len(stale)} compiled"


def migrate() -> str:
    """Bring the database's schema up to date."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return "up to date"
    call_command("migrate", verbosity=0, interactive=False)
    return f"{len(plan)} migrations applied"


def collect_static() -> str:
    """Copy the static files to where the web server reads them, when one of them changed."""
    stamp = settings.DATA_DIR / "static.sha256"
    digest = _fingerprint(settings.STATICFILES_DIRS)
    if stamp.exists() and stamp.read_text() == digest and Path(settings.STATIC_ROOT).is_dir():
        return "up to date"
    call_command("collectstatic", clear=True, verbosity=0, interactive=False)
    stamp.write_text(digest)
    return "collected"


def load_demo() -> str:
    """On the first run, fill an empty installation with the demo workspaces.

    The file that remembers it is written before and after, so that a demo whose loading was cut
    short is loaded again, and one that somebody deleted is not.
    """
    path = settings.DATA_DIR / DEMO_FILE
    unfinished = path.exists() and "loading" in _read(path)
    if not unfinished and (path.exists() or _has_users()):
        return "already there"
    _write(path, {"loading": True})
    sys.stdout.write(f"  {DEMO_STEP}: loading two years of figures, which takes a minute or two\n")
    sys.stdout.flush()
    output = io.StringIO()
    call_command("load_demo", as_json=True, stdout=output, stderr=io.StringIO())
    _write(path, json.loads(output.getvalue()))
    return "loaded"


STEPS = (
    Step("Translations", compile_messages, "Mend the file that is named above, then run it again."),
    Step("Database schema", migrate, "Check DATABASE_URL, and that the server runs, if it is set."),
    Step("Static files", collect_static, "Check that DATA_DIR can be written."),
    Step(DEMO_STEP, load_demo, "Run `manage.py load_demo` alone to see all of it."),
)


def main(arguments: list[str]) -> int:
    """Run the steps in order, but those named ``--without=``."""
    left_out = {word.removeprefix("--without=") for word in arguments}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
    steps = [Step("Application", _set_up, "Set what is named above in the environment."), *STEPS]
    return 0 if all(ran(step) for step in steps if step.name not in left_out) else 1


def ran(step: Step) -> bool:
    """Run one step and say how it went."""
    began = time.monotonic()
    try:
        did = step.run()
    except (CommandError, DatabaseError, ImproperlyConfigured, ImportError, OSError) as error:
        sys.stdout.write(f"  {step.name}: failed. {error}\n  {step.remedy}\n")
        return False
    sys.stdout.write(f"  {step.name}: {did} ({time.monotonic() - began:.1f} s)\n")
    sys.stdout.flush()
    return True


def _set_up() -> str:
    django.setup()
    return "read"


def _has_users() -> bool:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - needs the apps

    return bool(get_user_model()._default_manager.exists())


def _is_newer(path: Path, source: Path) -> bool:
    return path.exists() and path.stat().st_mtime >= source.stat().st_mtime


def _fingerprint(directories: Iterable[str | Path]) -> str:
    """Changes when a file of the project's or the set of installed packages does."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for directory in directories:
        for path in sorted(Path(directory).rglob("*")):
            facts = path.stat()
            digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _read(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_text()))


def _write(path: Path, data: dict[str, object]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(data))
    unfinished.rename(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
