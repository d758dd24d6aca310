"""Make the Python environment and install the pinned requirements, if that is not done yet.

Run by the system's Python, standard library only:

    python3 scripts/environment.py .venv requirements.txt

What was installed is remembered in the environment by the lock file's digest, so a second call
returns at once. The environment of the tests has all of the product's, never the other way round.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

STAMP = "installed.sha256"


def main(directory: Path, lock: Path) -> int:
    """Bring the environment to the lock file; the exit code."""
    stamp = directory / f"{lock.stem}.{STAMP}"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and _works(directory):
        return 0
    began = time.monotonic()
    _say(f"Preparing {directory}")
    if not _works(directory) and not _create(directory):
        return 1
    if not _install(directory, lock):
        return 1
    _compile(directory)
    for other in directory.glob(f"*.{STAMP}"):
        other.unlink()
    _remember(directory, lock, wanted)
    _say(f"  Environment: ready ({time.monotonic() - began:.0f} s in all)")
    return 0


def _remember(directory: Path, lock: Path, digest: str) -> None:
    (directory / f"{lock.stem}.{STAMP}").write_text(digest)
    product = lock.with_name("requirements.txt")
    if lock.name == "requirements-dev.txt":  # which holds all of the product's, same versions
        digest = hashlib.sha256(product.read_bytes() + sys.version.encode()).hexdigest()
        (directory / f"{product.stem}.{STAMP}").write_text(digest)


def _works(directory: Path) -> bool:
    """Whether the environment's Python starts and has pip (a copied or half-made one has not)."""
    command = [_python(directory), "-c", "import pip"]
    return (
        Path(command[0]).exists() and subprocess.run(command, capture_output=True).returncode == 0
    )


def _create(directory: Path) -> bool:
    began = time.monotonic()
    if directory.exists():
        shutil.rmtree(directory)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(directory)],
        capture_output=True,
        text=True,
        env=_environment(),
    )
    if made.returncode != 0:
        shutil.rmtree(directory, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        _say(
            f"  The environment could not be made in {directory}. On Debian and Ubuntu, install "
            f"python3-venv (or python{version}-venv). What Python said:\n{made.stdout}{made.stderr}"
        )
        return False
    _say(f"  Environment: made ({time.monotonic() - began:.1f} s)")
    return True


def _install(directory: Path, lock: Path) -> bool:
    began = time.monotonic()
    pip = [_python(directory), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", str(lock)]
    installed = subprocess.run([*pip, "install", *options], env=_environment())
    if installed.returncode != 0:
        _say(
            f"  The packages of {lock} could not be installed; pip says why above. Check that "
            "the package index can be reached and that the disk is not full, then run it again."
        )
        return False
    _say(f"  Packages of {lock}: installed ({time.monotonic() - began:.0f} s)")
    return True


def _compile(directory: Path) -> None:
    """Compile to bytecode here, so that the first start is not three times slower."""
    began = time.monotonic()
    packages = next(directory.glob("lib/python3*/site-packages"))
    command = [_python(directory), "-m", "compileall", "-q", "-j", "0", str(packages)]
    subprocess.run(command, env=_environment(), capture_output=True)
    _say(f"  Bytecode: compiled ({time.monotonic() - began:.0f} s)")


def _python(directory: Path) -> str:
    return str(directory / "bin" / "python")


def _environment() -> dict[str, str]:
    """The environment without what would keep Python from writing bytecode or leaving this one."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
