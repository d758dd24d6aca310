"""Importing files: preview, commit, undo. Pages and commands go through here and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, Workspace
from metrics.costs import follow_campaigns
from metrics.counted import counted_since, forget, remember
from metrics.coverage import CoveredSpan
from metrics.facts import NotUndoable, Undone, undo_batch, write_staged, writing
from metrics.feeds import create_feed
from metrics.file_rows import record_rows
from metrics.imports.fact_columns import dims_of
from metrics.imports.instructions import Instructions
from metrics.imports.limits import page_limits
from metrics.imports.parsed import ImportOptions, Limits
from metrics.imports.proposal import NO_FEED, Proposal, compare, propose, read
from metrics.imports.report import report_of
from metrics.models import Batch, Feed
from metrics.rhythm import guess_rhythm
from metrics.staging import staging

PREVIEWS_KEPT = timedelta(days=2)
FILE_NAME_LENGTH = 255
REREAD = ("feed", "layout", "options", "report", "created", "changed", "same")


class ImportRefused(Exception):
    """A file that is not imported. `str()` is the sentence to show, `report` says the rest."""

    def __init__(self, reason: str, report: dict[str, Any]) -> None:
        self.report = report
        super().__init__(reason)


def preview(
    workspace: Workspace,
    *,
    user: User | None,
    name: str,
    data: bytes,
    options: ImportOptions,
    today: date,
    feed: str = "",
    limits: Limits | None = None,
) -> Batch:
    """Reads a file and keeps it, with the report of what it would do, until it is confirmed.

    Writes no fact. The report is in the active language; a file with errors or open questions
    gets its batch too, so that the page can show them.
    """
    instructions = Instructions(name, today, options, feed, limits or page_limits())
    with transaction.atomic():
        proposal = propose(workspace, data=data, instructions=instructions)
        batch = _batch_of(proposal, user)
        batch.content = data
        batch.save()
        forget_old_previews(batch)
    return batch


def read_again(batch: Batch, *, options: ImportOptions) -> Batch:
    """Reads a file that waits once more, with other options; its report and counts are new.

    A file that was imported or undone in the meantime stays as it is.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.PREVIEW or batch.content is None:
            return batch
        instructions = replace(Instructions.from_json(batch.options), options=options)
        proposal = propose(batch.workspace, data=bytes(batch.content), instructions=instructions)
        read = _batch_of(proposal, batch.user)
        for name in REREAD:
            setattr(batch, name, getattr(read, name))
        batch.save(update_fields=REREAD)
    return batch


def commit(batch: Batch, *, user: User | None, now: datetime, partial: bool = False) -> Batch:
    """Imports a file as it was previewed: all of it, or with `partial` its good rows.

    The kept bytes are read again, so that what has changed since the preview counts. Raises
    ImportRefused with the reason; then nothing is written.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.state != Batch.State.PREVIEW or batch.content is None:
            raise ImportRefused(_("This file is not waiting to be imported."), batch.report)
        proposal = read(
            batch.workspace,
            data=bytes(batch.content),
            instructions=Instructions.from_json(batch.options),
        )
        _write(batch, proposal, user=user, now=now, partial=partial)
    return batch


def import_file(
    workspace: Workspace,
    *,
    user: User | None,
    name: str,
    data: bytes,
    options: ImportOptions,
    today: date,
    now: datetime,
    feed: str = "",
    limits: Limits | None = None,
) -> Batch:
    """Previews and imports a file in one go; with `options.partial` its good rows.

    Raises ImportRefused with the reason; then nothing is written.
    """
    instructions = Instructions(name, today, options, feed, limits or page_limits())
    with transaction.atomic():
        proposal = read(workspace, data=data, instructions=instructions)
        batch = _batch_of(proposal, user)
        _write(batch, proposal, user=user, now=now, partial=options.partial)
    return batch


def dry_run(
    workspace: Workspace,
    *,
    name: str,
    data: bytes,
    options: ImportOptions,
    today: date,
    feed: str = "",
    limits: Limits | None = None,
) -> dict[str, Any]:
    """The report of what importing the file would do; nothing is kept."""
    instructions = Instructions(name, today, options, feed, limits or page_limits())
    return report_of(propose(workspace, data=data, instructions=instructions))


def undo_import(batch: Batch, *, user: User | None, now: datetime) -> Undone:
    """Puts back what an import replaced. Raises NotUndoable with the reason.

    A typed value or cost is mended where it was typed: undoing its facts alone would leave the
    two apart. Of two lists that count on the same days the later one goes first.
    """
    if batch.kind in {Batch.Kind.ENTRY, Batch.Kind.COST}:
        raise NotUndoable(_("This was typed, not imported. Change or delete the value itself."))
    if batch.kind == Batch.Kind.MERGE:
        raise NotUndoable(
            _("Two campaigns were merged here. Undo the merge on the campaign's page.")
        )
    with transaction.atomic():
        if counted_since(batch):
            raise NotUndoable(
                _(
                    "A later list counts people or deals of this one, or on the same days. Undo "
                    "the later one first."
                )
            )
        undone = undo_batch(batch, user=user, now=now)
        forget(batch)
    return undone


def _batch_of(proposal: Proposal, user: User | None) -> Batch:
    """A new batch, not saved, with what the proposal says."""
    comparison = proposal.comparison
    return Batch(
        workspace=proposal.workspace,
        feed=proposal.feed,
        kind=Batch.Kind.FILE,
        user=user,
        file_name=proposal.instructions.name[-FILE_NAME_LENGTH:],
        file_sha256=proposal.digest,
        layout=proposal.parsed.layout,
        options=proposal.instructions.to_json(),
        report=report_of(proposal),
        created=comparison.created,
        changed=comparison.changed,
        same=comparison.same,
    )


def forget_old_previews(batch: Batch) -> None:
    """Files that nobody confirmed in two days are not kept any longer."""
    Batch.objects.filter(
        workspace=batch.workspace,
        kind=batch.kind,
        state=Batch.State.PREVIEW,
        created_at__lt=batch.created_at - PREVIEWS_KEPT,
    ).delete()


def _write(
    batch: Batch, proposal: Proposal, *, user: User | None, now: datetime, partial: bool
) -> None:
    """Writes the proposal's facts and closes the batch. Raises ImportRefused before any write.

    The facts are staged once, compared as in a preview, and written from there.
    """
    if not proposal.may_be_written(partial=partial):
        _refuse(proposal, partial=partial)
    feed = proposal.feed or _new_feed(proposal)
    gained = proposal.name_unknown()
    follow_campaigns(batch.workspace, user=user, former=dict.fromkeys(gained))
    with writing(batch.workspace_id) as staged:
        compare(proposal, staged, feed.pk)
        report = report_of(proposal)
        if not proposal.may_be_written(partial=partial):
            raise ImportRefused(refusal(proposal, partial=partial), report)
        batch.feed, batch.user, batch.content = feed, user, None
        batch.state, batch.committed_at = Batch.State.COMMITTED, now
        batch.save()
        written = write_staged(staged, batch, coverage=_coverage(proposal, feed))
    remember(batch, proposal.recounted, proposal.directory)
    if written.created or written.changed:
        record_rows(
            batch,
            proposal.facts,
            metrics=proposal.metrics,
            place_of=lambda fact: proposal.directory.place_of(dims_of(fact)),
        )
    batch.created, batch.changed, batch.same = written
    batch.report = report | {
        "facts": {"new": written.created, "changed": written.changed, "same": written.same},
        "partial": bool(proposal.errors),
    }
    batch.save(update_fields=["created", "changed", "same", "report"])


def _refuse(proposal: Proposal, *, partial: bool) -> NoReturn:
    """Raises ImportRefused, with the report of a file that is only looked at."""
    if proposal.facts:
        with staging() as staged:
            compare(proposal, staged, proposal.feed.pk if proposal.feed else NO_FEED)
    raise ImportRefused(refusal(proposal, partial=partial), report_of(proposal))


def refusal(proposal: Proposal, *, partial: bool) -> str:
    """Why the file cannot be imported as it is: the first thing to mend."""
    if proposal.parsed.questions:
        return proposal.parsed.questions[0].message
    standing = proposal.blocking or (proposal.errors if not partial else [])
    if not standing:
        return _("The file holds no values that can be imported.")
    first, others = standing[0], len(standing) - 1
    if first.row == 0:
        return first.expected
    if not others:
        return _("Row %(row)s: %(problem)s") % {"row": first.row, "problem": first.expected}
    return _("Row %(row)s: %(problem)s There are %(others)s more problems.") % {
        "row": first.row,
        "problem": first.expected,
        "others": others,
    }


def _new_feed(proposal: Proposal) -> Feed:
    return create_feed(
        proposal.workspace,
        name=proposal.feed_name,
        rhythm=guess_rhythm(proposal.facts.spans_told),
    )


def _coverage(proposal: Proposal, feed: Feed) -> Iterator[CoveredSpan]:
    """What the file speaks for. With rows left out a missing day is unknown, not zero."""
    whole = not proposal.errors
    for span in proposal.parsed.coverage:
        metric = proposal.metrics.get(span.metric)
        if metric:
            yield CoveredSpan(feed.pk, metric.pk, span.start, span.end, span.zero_filled and whole)
