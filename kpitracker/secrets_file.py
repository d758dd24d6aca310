"""The secrets of a local run: made once, kept in the data directory, for its owner alone."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from kpitracker.embedded import make_data_dir

NAME = "secrets.json"
EXAMPLES = ("changeme", "change-me", "secret", "insecure", "example", "random", "password")
SHORTEST = {"SECRET_KEY": 50, "FIELD_ENCRYPTION_KEYS": 44}


def weakness(name: str, value: str) -> str:
    """Why a secret is not good enough for production, as a sentence; empty when it is."""
    if len(value) < SHORTEST[name]:
        return f"{name} is too short: use at least {SHORTEST[name]} random characters."
    if len(set(value)) < 12 or any(word in value.lower() for word in EXAMPLES):
        return f"{name} looks like an example: make a random one."
    return ""


def local_secrets(data_dir: Path) -> dict[str, str]:
    """``SECRET_KEY`` and ``FIELD_ENCRYPTION_KEYS`` of this data directory, made on the first call.

    Raises:
        kpitracker.embedded.EmbeddedError: the data directory cannot be written.
    """
    path = data_dir / NAME
    try:
        return _read(path)
    except FileNotFoundError:
        make_data_dir(data_dir)
        _create(path)
        return _read(path)


def _read(path: Path) -> dict[str, str]:
    values = json.loads(path.read_text())
    return {name: str(value) for name, value in values.items()}


def _create(path: Path) -> None:
    """Write the file whole, then name it: of two at once, one wins and both read the same."""
    unfinished = path.with_name(f"{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(_fresh(), stream)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _fresh() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode(),
    }
