"""Pin requirements.in and requirements-dev.in, with hashes, for every platform: `make lock`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# Indexes of this machine must not steer what is pinned for all.
LOCAL_CHOICES = ("PIP_", "UV_")
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]


def main() -> None:
    """Write both lock files; the second one keeps to the versions of the first."""
    uv = str(Path(sys.executable).with_name("uv"))
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(LOCAL_CHOICES)
    }
    compile_ = [uv, "pip", "compile", *OPTIONS, *sys.argv[1:]]
    for name, *constraints in (("requirements",), ("requirements-dev", "-c", "requirements.txt")):
        command = [*compile_, *constraints, f"{name}.in", "-o", f"{name}.txt"]
        subprocess.run(command, check=True, env=environment)
        print(f"{name}.txt is pinned.")


if __name__ == "__main__":
    main()
