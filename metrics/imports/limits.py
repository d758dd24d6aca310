"""How much a file may hold that comes through a page; the command has limits of its own."""

from django.conf import settings

from metrics.imports.parsed import Limits

MEGABYTE = 1024 * 1024


def page_limits() -> Limits:
    """The limits that the settings give."""
    return Limits(
        size=settings.IMPORT_MAX_MEGABYTES * MEGABYTE,
        rows=settings.IMPORT_MAX_ROWS,
        columns=settings.IMPORT_MAX_COLUMNS,
    )
