"""Production does not start on missing, weak or shared secrets; each refusal is a sentence."""

import os
import subprocess
import sys
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET, FERNET = "kX9" + "vQ2mZr7Lp4Ws" * 4, urlsafe_b64encode(bytes(range(32))).decode()
GOOD = {
    "DEBUG": "false",
    "SECRET_KEY": SECRET,
    "FIELD_ENCRYPTION_KEYS": FERNET,
    "ALLOWED_HOSTS": "kpi.example.com",
    "BASE_URL": "https://kpi.example.com",
    "EMAIL_URL": "smtp://mail.example.com:587",
    "DATABASE_URL": "postgres://kpi@db.example.com/kpi",
    "REDIS_URL": "redis://redis.example.com",
}


def start(**changed: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings as a new process with this environment."""
    given = {name: value for name, value in (GOOD | changed).items() if value}
    environment = {"PATH": os.environ["PATH"], **given}
    return subprocess.run(
        [sys.executable, "-c", "import kpitracker.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_with_good_secrets_it_starts() -> None:
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "changeme" * 8}, "SECRET_KEY looks like an example"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY looks like an example"),
        ({"FIELD_ENCRYPTION_KEYS": ""}, "FIELD_ENCRYPTION_KEYS is not set"),
        ({"FIELD_ENCRYPTION_KEYS": "abc"}, "FIELD_ENCRYPTION_KEYS is too short"),
        ({"FIELD_ENCRYPTION_KEYS": SECRET}, "SECRET_KEY is also an encryption key"),
        ({"BASE_URL": ""}, "BASE_URL is not set"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
    ],
)
def test_without_it_refuses_and_says_why(changed: dict[str, str], sentence: str) -> None:
    done = start(**changed)
    assert done.returncode != 0
    assert sentence in done.stderr
