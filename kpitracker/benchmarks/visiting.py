"""Somebody who opens pages: the whole way of a request through the application, but no network."""

import gc
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.test import Client, override_settings

from accounts.models import User
from metrics.benchmarks.dataset import OWNER

BACKEND = "accounts.backends.PasswordBackend"
HOST = "benchmark.invalid"

Visit = Callable[[str], float]
"""Opens an address; milliseconds until the whole page was there."""


class NotThePage(LookupError):
    """An address answered with something else than its page."""


@contextmanager
def visitor() -> Iterator[Visit]:
    """A signed-in owner of every measured workspace, with the settings of production."""
    client = Client(SERVER_NAME=HOST)
    with override_settings(DEBUG=False, ALLOWED_HOSTS=[HOST]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No directory at", UserWarning)  # static files
        client.force_login(User.objects.get(email=OWNER), backend=BACKEND)
        gc.collect()
        gc.freeze()  # as kpitracker.gunicorn_settings does

        def visit(address: str) -> float:
            began = time.perf_counter()
            response = client.get(address)
            taken = 1000 * (time.perf_counter() - began)
            if response.status_code != 200:
                raise NotThePage(f"{address} answered {response.status_code}.")
            return taken

        try:
            yield visit
        finally:
            gc.unfreeze()
