"""Processes that serve for hours: what they loaded at the start is no garbage to look through."""

import subprocess
import sys

import pytest
from django.conf import settings

WEB = """
from kpitracker import gunicorn_settings, wsgi
gunicorn_settings.when_ready(wsgi)
import sys
assert "metrics.views.metrics" in sys.modules
"""
WORKER = """
from celery.signals import worker_process_init
from kpitracker.celery import app
app.loader.import_default_modules()
worker_process_init.send(sender=None)
"""
FROZEN = """
import gc
print(gc.get_freeze_count(), len(gc.get_objects()))
"""


@pytest.mark.parametrize("start", [WEB, WORKER], ids=["web", "worker"])
def test_what_is_loaded_is_set_aside(start: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", start + FROZEN],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    frozen, others = map(int, done.stdout.split())
    assert frozen > 100_000 > others
