"""Everything that must hold before a change is taken: `make test`, and `make lint` for a part.

Checks that only read run side by side, tests after them with all processors to themselves. Each is
timed and run even when another failed; the last lines say which failed and how to run one alone.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kpitracker import embedded  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The last one is for the program that drives the browser (Playwright's own Node).
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")
DRIVER_LIBRARY = "libatomic.so.1"
PRODUCTION = {
    "DEBUG": "false",
    "ALLOWED_HOSTS": "kpi.example.com",
    "BASE_URL": "https://kpi.example.com",
    "EMAIL_URL": "smtp://user:password@mail.example.com:587",
    "DATABASE_URL": "postgresql://kpitracker_app:password@db.example.com/kpitracker",
    "DATABASE_OWNER_URL": "postgresql://kpitracker_owner:password@db.example.com/kpitracker",
    "REDIS_URL": "redis://redis.example.com:6379",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "FIELD_ENCRYPTION_KEYS": urlsafe_b64encode(os.urandom(32)).decode(),
}


@dataclass(frozen=True)
class Check:
    """One command and what it is called."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


Outcome = tuple[Check, bool]
"""A check, and whether it passed."""


def tool(name: str, *arguments: str) -> list[str]:
    """A program of the environment."""
    return [str(Path(sys.executable).with_name(name)), *arguments]


def manage(*arguments: str) -> list[str]:
    """A management command."""
    return [sys.executable, "manage.py", *arguments]


def sources() -> list[str]:
    """The project's own Python files."""
    apart = {".venv", "var", "node_modules"}
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.py"))
    return sorted(str(path) for path in found if path.parts[0] not in apart)


LINT = (
    Check("Types", tool("mypy", ".")),  # takes longest, so that it begins first
    Check("Code: mistakes", tool("ruff", "check", ".")),
    Check("Code: layout", tool("ruff", "format", "--check", ".")),
    Check(
        "Code: old idioms",
        tool("django-upgrade", "--target-version", "5.2", "--check", *sources()),
    ),
    Check("Templates: mistakes", tool("djlint", "--lint", "--quiet", "templates")),
)
PROJECT = (
    Check("Migrations are complete", manage("makemigrations", "--check", "--dry-run")),
    Check(
        "Ready for production",
        manage("check", "--deploy", "--fail-level", "WARNING"),
        PRODUCTION,
    ),
    Check("Translations are complete", manage("messages", "--check")),
)
TESTS = (
    Check(
        "Tests",
        tool("pytest", "-m", "not slow and not browser", "-n", "2", "-q", "--durations", "5"),
    ),
    Check(
        "Tests with real processes and a browser",
        # A file's tests share what takes long to prepare, an installation or a browser's server.
        tool(
            *("pytest", "-m", "slow or browser", "-n", "2", "--dist", "loadscope"),
            *("--no-loadscope-reorder", "-q", "--durations", "5"),
        ),
    ),
)


def main() -> int:
    """Run the checks; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("lint",), help="a part of the checks")
    only = parser.parse_args().only
    os.chdir(ROOT)
    if only == "lint":
        return told(side_by_side(LINT))
    problem = provide_browser()
    if problem:
        print(problem, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="kpitracker-checks-") as directory:
        os.environ["DATA_DIR"] = directory
        embedded.start_for_tests()
        return told([*side_by_side((*LINT, *PROJECT)), *(passes(check) for check in TESTS)])


def told(outcomes: Iterable[Outcome]) -> int:
    """Says how it went; 1 when any failed."""
    found = list(outcomes)
    failed = [check for check, passed in found if not passed]
    if not failed:
        print(f"\nAll {len(found)} checks passed.", flush=True)
        return 0
    print(f"\n{len(failed)} of {len(found)} checks failed. To run one alone:", flush=True)
    for check in failed:
        print(f"  {check.name}: {shorten(' '.join(check.command), 120)}", flush=True)
    return 1


def side_by_side(checks: Sequence[Check]) -> list[Outcome]:
    """Runs as many at a time as there are processors; what each prints is shown in one piece."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda check: passes(check, held=True), checks))


def passes(check: Check, *, held: bool = False) -> Outcome:
    """Runs one check, showing what it prints: at once, or all of it at the end."""
    if not held:
        print(f"\n== {check.name}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        env={**os.environ, **check.environment},
        stdout=subprocess.PIPE if held else None,
        stderr=subprocess.STDOUT if held else None,
        text=True,
    )
    fate = "passed" if done.returncode == 0 else f"failed with code {done.returncode}"
    said = f"\n== {check.name}\n{done.stdout}" if held else ""
    print(f"{said}== {check.name}: {fate} ({time.monotonic() - began:.0f} s)", flush=True)
    return check, done.returncode == 0


def provide_browser() -> str | None:
    """Install Debian's Chromium when there is no browser; a sentence when that cannot be done."""
    if any(shutil.which(name) for name in BROWSERS) and loads(DRIVER_LIBRARY):
        return None
    began = time.monotonic()
    print("== Installing a browser for the tests", flush=True)
    if not shutil.which("apt-get") or not (prefix := as_root()):
        return (
            "The tests need the browser Chromium. Install it with the system's package manager, "
            f"then run them again (Debian, as root: apt-get install {' '.join(BROWSER_PACKAGES)})."
        )
    apt = [*prefix, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *BROWSER_PACKAGES]
    if subprocess.run([*apt, "update"]).returncode or subprocess.run(install).returncode:
        return "Chromium could not be installed; apt-get says why above."
    print(f"== Browser: installed ({time.monotonic() - began:.0f} s)", flush=True)
    return None


def loads(library: str) -> bool:
    """Whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def as_root() -> list[str]:
    """What to put before a command that only root may run; empty when there is no way."""
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    if os.getuid() == 0:
        return environment
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", *environment]
    return []


if __name__ == "__main__":
    sys.exit(main())
