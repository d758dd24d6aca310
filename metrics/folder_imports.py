"""A file from a watched folder: imported as the page does it, or refused with its report.

Three steps, each of which may be done again after a kill: the file is taken out of the folder;
its facts are written, or its refusal is, in one transaction; it is put away. Same bytes as an
import of this feed that stands are put away and change nothing.
"""

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import fmt_dates
from accounts.models import User, Workspace
from metrics.imports.importing import FILE_NAME_LENGTH, ImportRefused, import_file, preview
from metrics.imports.instructions import Instructions
from metrics.imports.layouts import LAYOUTS
from metrics.imports.limits import page_limits
from metrics.imports.parsed import ImportOptions
from metrics.inbox import DONE, FAILED, Arrival, Inbox, TooLarge, kept_name, shown_name
from metrics.models import Batch, Feed, WatchedFolder
from metrics.periods import local_today
from metrics.watching import inbox_of

logger = logging.getLogger(__name__)

OWN_TABLES = "own_"
"""Layouts that read any table by guessing: people look at the first one."""
MOST_ATTEMPTS = 3
"""A file that ended so many workers is not read again."""


@dataclass(frozen=True)
class Taken:
    """A file that was taken out of its folder. `stamp` says when it was found."""

    folder: WatchedFolder
    arrival: Arrival
    ticket: str
    stamp: str

    @property
    def inbox(self) -> Inbox:
        """Where it lies."""
        return inbox_of(self.folder)

    @property
    def name(self) -> str:
        """The file's name, for people and the database."""
        return shown_name(self.arrival.name)[-FILE_NAME_LENGTH:]

    @property
    def kept(self) -> str:
        """What it is called once it is put away."""
        return kept_name(self.arrival.name, self.stamp)


def noted(folder: WatchedFolder, seen: Arrival, *, at: datetime) -> dict[str, Any]:
    """A file that was found, as the ledger of due work keeps it."""
    name = os.fsencode(seen.name).hex()
    return {"folder": folder.pk, "file": [name, *seen[1:]], "found": at.isoformat()}


def take(note: Mapping[str, Any], *, ticket: str) -> Taken | None:
    """Takes a file; None where it changed, is gone, or the folder is not watched any more."""
    taken = _noted(note, ticket)
    if taken is None or not taken.folder.is_on or not taken.folder.feed.is_active:
        return None
    return taken if taken.inbox.claim(taken.arrival, ticket) else None


def give_up(note: Mapping[str, Any], *, ticket: str) -> Batch | None:
    """A file that could not be handled in many attempts is refused, wherever it lies by now."""
    taken = _noted(note, ticket)
    if taken is None:
        return None
    with translation.override(taken.folder.workspace.language):
        batch = _refused_before(taken) or refuse(taken, _unforeseen())
    try:
        put_away(taken, batch)
    except OSError as error:
        logger.warning("The file %s cannot be put away: %s", ticket, error)
    return batch


def _noted(note: Mapping[str, Any], ticket: str) -> Taken | None:
    name, *marks = note["file"]
    folder = WatchedFolder.objects.select_related("workspace", "feed__workspace")
    found = folder.filter(pk=note["folder"]).first()
    if found is None:
        return None
    arrival = Arrival(os.fsdecode(bytes.fromhex(name)), *marks)
    stamp = datetime.fromisoformat(note["found"]).strftime("%Y%m%dT%H%M%SZ")
    return Taken(found, arrival, ticket, stamp)


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its import, or its refusal. `is_same`: it was imported before."""

    batch: Batch
    is_same: bool = False

    @property
    def word(self) -> str:
        """For the ledger of due work."""
        if self.batch.state == Batch.State.FAILED:
            return "refused"
        return "same" if self.is_same else "imported"


def bring_in(taken: Taken, *, attempt: int, now: datetime) -> Outcome:
    """Writes the file's facts, or why they are not written, in the running transaction.

    Raises inbox.Moved where somebody still writes to the file.
    """
    with translation.override(taken.folder.workspace.language):
        refused = _refused_before(taken)
        if refused is not None:
            return Outcome(refused)
        if attempt > MOST_ATTEMPTS:
            return Outcome(refuse(taken, _too_heavy()))
        try:
            data = taken.inbox.read(taken.arrival, taken.ticket, most_bytes=page_limits().size)
        except TooLarge:
            return Outcome(refuse(taken, _too_large()))
        except (FileNotFoundError, PermissionError):
            return Outcome(refuse(taken, _unreadable()))
        return _brought(taken, data, now=now)


def _brought(taken: Taken, data: bytes, *, now: datetime) -> Outcome:
    digest = sha256(data).hexdigest()
    standing = _imported(taken.folder.feed).filter(file_sha256=digest).first()
    if standing is not None:
        return Outcome(standing, is_same=True)
    try:
        return Outcome(_import(taken, data, now=now))
    except ImportRefused as refused:
        return Outcome(refuse(taken, str(refused), digest=digest, report=refused.report))
    except DatabaseError:
        raise
    except Exception:
        logger.exception("The file of job %s could not be read", taken.ticket)
        return Outcome(refuse(taken, _unforeseen(), digest=digest))


def put_away(taken: Taken, batch: Batch) -> None:
    """Moves the file where it belongs; the report lies beside what was refused.

    A list of people is not kept once it is counted.
    """
    layout = LAYOUTS.get(batch.layout)
    if batch.state == Batch.State.FAILED:
        with translation.override(taken.folder.workspace.language):
            text = report_text(batch)
        document = json.dumps(batch.report, ensure_ascii=False, indent=2, default=str)
        taken.inbox.write_reports(taken.kept, text=text, document=document)
        taken.inbox.put_away(taken.arrival, taken.ticket, where=FAILED, stamp=taken.stamp)
    elif layout is not None and layout.events is not None:
        taken.inbox.forget(taken.arrival, taken.ticket)
    else:
        taken.inbox.put_away(taken.arrival, taken.ticket, where=DONE, stamp=taken.stamp)


def refuse(
    taken: Taken, reason: str, *, digest: str = "", report: Mapping[str, Any] | None = None
) -> Batch:
    """Keeps that a file was refused, and why: an entry on the page of imports."""
    folder = {"ticket": taken.ticket, "file": shown_name(taken.kept)}
    return Batch.objects.create(
        workspace=taken.folder.workspace,
        feed=taken.folder.feed,
        kind=Batch.Kind.FILE,
        state=Batch.State.FAILED,
        is_from_folder=True,
        file_name=taken.name,
        file_sha256=digest,
        layout=(report or {}).get("layout") or "",
        report={**(report or {}), "refusal": reason, "folder": folder},
    )


def open_refused(batch: Batch, *, user: User | None, now: datetime) -> Batch | None:
    """The refused file as a preview, to be mended and imported by hand; None where it is gone."""
    folder = WatchedFolder.objects.select_related("workspace", "feed").filter(feed=batch.feed)
    found = folder.first()
    name = batch.report.get("folder", {}).get("file", "")
    if found is None or not name:
        return None
    try:
        data = inbox_of(found).refused(name, most_bytes=page_limits().size + 1)
    except OSError:
        return None
    return preview(
        found.workspace,
        user=user,
        name=batch.file_name,
        data=data,
        options=remembered(found.feed),
        today=local_today(now, found.workspace.time_zone),
        feed=found.feed.name,
    )


def settle(batch: Batch, *, now: datetime) -> None:
    """Somebody says that a refused file needs nothing more."""
    Batch.objects.filter(pk=batch.pk, state=Batch.State.FAILED, settled_at=None).update(
        settled_at=now
    )


def unsettled(workspace: Workspace) -> list[Batch]:
    """The refused files that wait for somebody, newest first.

    One that was imported after all, under its name or with its bytes, waits no longer.
    """
    waiting = Batch.objects.filter(
        workspace=workspace, state=Batch.State.FAILED, is_from_folder=True, settled_at=None
    )
    found = list(waiting.defer("content").select_related("feed").order_by("-created_at"))
    if not found:
        return []
    later = Batch.objects.filter(
        workspace=workspace,
        state=Batch.State.COMMITTED,
        file_name__in={one.file_name for one in found},
        committed_at__gte=min(one.created_at for one in found),
    ).values_list("feed_id", "file_name", "committed_at")
    done = list(later)
    return [
        one
        for one in found
        if not any(
            (feed, name) == (one.feed_id, one.file_name) and at and at >= one.created_at
            for feed, name, at in done
        )
    ]


def remembered(feed: Feed) -> ImportOptions:
    """What people answered of the last file of a feed, as far as it holds for the next one."""
    last = _imported(feed).exclude(options={}).order_by("-committed_at").first()
    if last is None:
        return ImportOptions()
    told = Instructions.from_json(last.options).options
    return ImportOptions(
        currency=told.currency,
        date_order=told.date_order,
        number_format=told.number_format,
        sheet=told.sheet,
    )


def layouts_of(feed: Feed) -> list[str]:
    """The layouts of the files that this feed has brought, the latest first."""
    found = _imported(feed).exclude(layout="").order_by("-committed_at")
    return list(dict.fromkeys(found.values_list("layout", flat=True)[:100]))


def report_text(batch: Batch) -> str:
    """The refusal in lines for people."""
    report = batch.report
    at = fmt_dates.datetime_label(
        batch.created_at, batch.workspace.time_zone, translation.get_language() or "en"
    )
    lines = [batch.file_name, at, "", report["refusal"], ""]
    lines += [f"- {one['message']}" for one in report.get("questions", [])]
    lines += [_line(one) for one in report.get("errors", [])[:1000]]
    return "\n".join(lines).rstrip() + "\n"


def _line(error: Mapping[str, Any]) -> str:
    where = [_("row %(row)s") % {"row": error["row"]}] if error["row"] else []
    where += [error["column"]] if error["column"] else []
    found = f" ({error['found']})" if error["found"] else ""
    return (
        f"- {', '.join(where)}{found}: {error['expected']}" if where else f"- {error['expected']}"
    )


def _import(taken: Taken, data: bytes, *, now: datetime) -> Batch:
    """The facts are written, if the file is of a layout that the feed is known for."""
    feed = taken.folder.feed
    known = layouts_of(feed)
    with transaction.atomic():
        batch = import_file(
            feed.workspace,
            user=None,
            name=taken.name,
            data=data,
            options=remembered(feed),
            today=local_today(now, feed.workspace.time_zone),
            now=now,
            feed=feed.name,
        )
        if batch.layout not in known and (known or batch.layout.startswith(OWN_TABLES)):
            raise ImportRefused(_unknown(known), batch.report)
        batch.is_from_folder = True
        batch.save(update_fields=["is_from_folder"])
    return batch


def _imported(feed: Feed) -> QuerySet[Batch]:
    return Batch.objects.filter(
        workspace=feed.workspace,
        feed=feed,
        kind=Batch.Kind.FILE,
        state=Batch.State.COMMITTED,
        committed_at__isnull=False,
    )


def _refused_before(taken: Taken) -> Batch | None:
    """The refusal that a killed attempt has kept already."""
    return Batch.objects.filter(
        workspace=taken.folder.workspace,
        feed=taken.folder.feed,
        state=Batch.State.FAILED,
        report__folder__ticket=taken.ticket,
    ).first()


def _unknown(known: list[str]) -> str:
    if not known:
        return _(
            "This table has no layout that is known. Import one such file on the page of imports:"
            " it shows how the columns are read, and later files are read alike."
        )
    return _(
        "This feed brings another kind of file. Put it into the folder of its own feed, or import"
        " it on the page of imports once: later ones are taken from here then."
    )


def _too_large() -> str:
    return _("The file is larger than %(limit)s MB. Cut it into shorter periods.") % {
        "limit": settings.IMPORT_MAX_MEGABYTES
    }


def _unreadable() -> str:
    return _("The file cannot be read. Give the server the right to read it, and put it back.")


def _unforeseen() -> str:
    return _("The file could not be read, for a reason that nobody foresaw. It is in the log.")


def _too_heavy() -> str:
    return _("Reading the file ended the server's worker several times. Cut it into smaller parts.")
