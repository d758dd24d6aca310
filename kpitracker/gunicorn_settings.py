"""Gunicorn's settings for a local run (`make run`)."""

import gc
import os
import signal
from typing import Any

from kpitracker.identity import die_with_parent

wsgi_app = "kpitracker.wsgi:application"
bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
preload_app = True  # read once, shared by the workers; a fault in it shows at once
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Loads the pages before the workers are forked, which share them.

    What is loaded by now stays: collecting garbage need not look at all of it again, which takes
    a tenth of a second of some request.
    """
    from django.urls import get_resolver  # noqa: PLC0415 - needs the settings

    assert get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker dies with its master at once, instead of finding out a moment later."""
    die_with_parent(signal.SIGKILL)
