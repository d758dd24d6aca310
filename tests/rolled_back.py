"""What is written and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written inside is gone afterwards; what was there before is as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
