"""Folders that feeds watch: switching them on and off, and looking into them once a minute.

The one writer of WatchedFolder. What happens to a file that was found is in
metrics/folder_imports.py, what the disk does in metrics/inbox.py.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from metrics.feeds import KEPT_BY_HAND
from metrics.imports.folding import fold
from metrics.inbox import Arrival, Inbox, shown_name
from metrics.models import Feed, WatchedFolder

logger = logging.getLogger(__name__)

LONGEST_NAME = 50


def inbox_of(folder: WatchedFolder) -> Inbox:
    """Where a folder lies on disk."""
    return Inbox(Path(settings.DATA_DIR) / "inbox", folder.workspace.slug, folder.name)


def folder_of(feed: Feed) -> WatchedFolder | None:
    """The folder of a feed, watched now or once."""
    return WatchedFolder.objects.select_related("workspace").filter(feed=feed).first()


def watch(feed: Feed, *, now: datetime) -> WatchedFolder:
    """Watches the folder of a feed from now on, and makes it where it is not there.

    Raises ValidationError for a feed that people type into, and where the disk refuses.
    """
    if feed.kind in KEPT_BY_HAND:
        raise ValidationError(
            _("What is typed here has no files. Choose a feed that brings files.")
        )
    with transaction.atomic():
        Feed.objects.select_for_update().get(pk=feed.pk)
        folder = folder_of(feed) or WatchedFolder(
            workspace=feed.workspace, feed=feed, name=_free_name(feed)
        )
        folder.is_on, folder.switched_at = True, now
        folder.trouble = folder.trouble_with = ""
        folder.looked_at = None
        folder.save()
        try:
            inbox_of(folder).make()
        except OSError as error:
            logger.warning("The folder of %s cannot be made: %s", feed.public_id, error)
            raise ValidationError(
                _("The folder cannot be made. Ask who runs the server to check DATA_DIR.")
            ) from error
    return folder


def stop_watching(folder: WatchedFolder) -> None:
    """Files stay where they are, and nothing is imported from there any more."""
    WatchedFolder.objects.filter(pk=folder.pk).update(is_on=False, trouble="", trouble_with="")


def arrivals(now: datetime) -> Iterator[tuple[WatchedFolder, Arrival]]:
    """Every file in a watched folder. Read in the system's scope; notes what is left alone."""
    folders = WatchedFolder.objects.filter(is_on=True, feed__is_active=True)
    for folder in folders.select_related("workspace").order_by("pk"):
        try:
            found = inbox_of(folder).look()
        except OSError as error:
            logger.warning("The folder %s cannot be read: %s", folder.pk, error)
            _note(folder, WatchedFolder.Trouble.UNREADABLE, "", now)
            continue
        trouble, name = min(found.left, default=("", ""))
        _note(folder, trouble, shown_name(name), now)
        for arrival in found.arrivals:
            yield folder, arrival


def tidy_folders(workspace_id: int, *, now: datetime) -> int:
    """Removes files that were put away long enough ago, and returns how many."""
    gone = 0
    before = now - timedelta(days=settings.FOLDER_KEEPS_DAYS)
    for folder in WatchedFolder.objects.select_related("workspace").filter(
        workspace_id=workspace_id
    ):
        try:
            gone += inbox_of(folder).prune(before=before)
        except OSError as error:
            logger.warning("The folder %s cannot be tidied: %s", folder.pk, error)
    return gone


def _note(folder: WatchedFolder, trouble: str, name: str, now: datetime) -> None:
    """Keeps what stands in the way, and every ten minutes that somebody looked."""
    told = (folder.trouble, folder.trouble_with) == (trouble, name)
    lately = folder.looked_at is not None and now - folder.looked_at < timedelta(minutes=10)
    if not told or not lately:
        WatchedFolder.objects.filter(pk=folder.pk).update(
            trouble=trouble, trouble_with=name, looked_at=now
        )


def _free_name(feed: Feed) -> str:
    """The feed's name in letters that every disk takes, unlike those of other folders."""
    base = slugify(fold(feed.name))[:LONGEST_NAME].strip("-") or "feed"
    taken = set(
        WatchedFolder.objects.filter(workspace=feed.workspace).values_list("name", flat=True)
    )
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name
