"""Importing campaigns from a file: shown as a difference first, then written, or nothing at all.

Every campaign goes through the one writer of campaigns. A preview has it write, too, and takes
that back: what the writer refuses stands at its row before anybody confirms.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User, Workspace
from metrics.campaign_cells import CellReader, WrongCell
from metrics.campaign_files import CampaignFile, joined_names, read_campaigns
from metrics.campaign_saving import FIELDS, save_campaign
from metrics.dimensions import folded_key
from metrics.imports.encoding import Unreadable
from metrics.imports.folding import fold
from metrics.imports.importing import FILE_NAME_LENGTH, ImportRefused, forget_old_previews
from metrics.imports.limits import page_limits
from metrics.models import Batch, Campaign, CampaignName, Dimension
from metrics.numbers import as_text

LAYOUT = "campaigns"
NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"


@dataclass(slots=True)
class PlannedRow:
    """What a row of the file does: to which campaign, what changes, or why it cannot be taken.

    ``changes`` are (field, old, new) as plain texts: days in ISO form, keys, addresses.
    ``problems`` are (field or "", sentence).
    """

    row: int
    name: str
    state: str = SAME
    changes: list[list[str]] = field(default_factory=list)
    problems: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class _Wanted:
    """A row on its way to the writer."""

    plan: PlannedRow
    given: dict[str, Any]
    campaign: Campaign | None = None


def preview_campaigns(workspace: Workspace, *, user: User | None, name: str, data: bytes) -> Batch:
    """Reads a file and keeps it with what it would do, until it is confirmed. Changes no campaign.

    A file that cannot be read gets its batch too, with the sentence that says why.
    """
    batch = Batch(
        workspace=workspace, kind=Batch.Kind.PLAN, user=user, layout=LAYOUT, content=data,
        file_name=name[-FILE_NAME_LENGTH:],
    )  # fmt: skip
    with transaction.atomic():
        try:
            file = read_campaigns(name, data, page_limits())
        except Unreadable as refused:
            batch.report = {"refusal": str(refused), "rows": []}
        else:
            _say(batch, file, _tried(workspace, file, user))
        batch.save()
        forget_old_previews(batch)
    return batch


def commit_campaigns(
    batch: Batch, *, user: User | None, now: datetime, partial: bool = False
) -> Batch:
    """Writes the campaigns of a file as it was shown: all of them, or with `partial` the good rows.

    Raises ImportRefused with the reason; then nothing is written. Where campaigns were changed
    since, the file is compared anew and has to be looked at again.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.kind != Batch.Kind.PLAN or batch.state != Batch.State.PREVIEW or not batch.content:
            raise ImportRefused(_("This file is not waiting to be imported."), batch.report)
        _refuse(batch.report, partial=partial)
        file = read_campaigns(batch.file_name, bytes(batch.content), page_limits())
        shown = batch.report["rows"]
        written = transaction.savepoint()
        _say(batch, file, _apply(batch.workspace, file, user))
        if _effect(batch.report["rows"]) == _effect(shown):
            batch.user, batch.content = user, None
            batch.state, batch.committed_at = Batch.State.COMMITTED, now
            batch.save()
            return batch
        transaction.savepoint_rollback(written)
        batch.save()
    message = _("Campaigns were changed since this file was read. Look at the differences again.")
    raise ImportRefused(message, batch.report)


def may_be_written(report: Mapping[str, Any], *, partial: bool = False) -> bool:
    """Whether the file holds something to write and, unless `partial`, no row to mend."""
    states = [one["state"] for one in report["rows"]]
    return (partial or WRONG not in states) and bool({NEW, CHANGED} & set(states))


def _refuse(report: Mapping[str, Any], *, partial: bool) -> None:
    """Raises ImportRefused for a file with rows to mend, or that holds nothing to write."""
    if may_be_written(report, partial=partial):
        return
    wrong = [one for one in report["rows"] if one["state"] == WRONG]
    if "refusal" in report:
        raise ImportRefused(report["refusal"], dict(report))
    if wrong and not partial:
        text = ngettext(
            "%(n)s row is to be mended first. Nothing was imported.",
            "%(n)s rows are to be mended first. Nothing was imported.",
            len(wrong),
        )
        raise ImportRefused(text % {"n": len(wrong)}, dict(report))
    message = _("Nothing was new: every campaign of this file is there already as it says.")
    raise ImportRefused(message, dict(report))


def _effect(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What rows do, without the sentences, which are in the reader's language."""
    return [(one["row"], one["name"], one["state"], one["changes"]) for one in rows]


def _say(batch: Batch, file: CampaignFile, rows: list[PlannedRow]) -> None:
    states = [one.state for one in rows]
    batch.created, batch.changed = states.count(NEW), states.count(CHANGED)
    batch.same = states.count(SAME)
    batch.report = {"rows": [asdict(one) for one in rows], "left_out": list(file.left_out)}


def _tried(workspace: Workspace, file: CampaignFile, user: User | None) -> list[PlannedRow]:
    """What the file would do: it is done and taken back."""
    with transaction.atomic():
        rows = _apply(workspace, file, user)
        transaction.set_rollback(True)
    return rows


def _apply(workspace: Workspace, file: CampaignFile, user: User | None) -> list[PlannedRow]:
    """Writes what can be written, each row for itself, and says of each what was done."""
    wanted = _wanted(workspace, file)
    waiting = [one for one in wanted if one.plan.state in {NEW, CHANGED}]
    refused: dict[int, list[list[str]]] = {}
    while waiting:
        # A name may have to leave one campaign before another of the file can take it.
        refused = {}
        for one in waiting:
            try:
                with transaction.atomic():
                    _write(workspace, one, user)
            except ValidationError as refusal:
                refused[one.plan.row] = _sentences(refusal)
        left = [one for one in waiting if one.plan.row in refused]
        if len(left) == len(waiting):
            break
        waiting = left
    for one in wanted:
        if one.plan.row in refused:
            one.plan.state, one.plan.problems = WRONG, refused[one.plan.row]
    return [one.plan for one in wanted]


def _sentences(refusal: ValidationError) -> list[list[str]]:
    """What the writer refuses, each with the field that it is about."""
    if not hasattr(refusal, "error_dict"):
        return [["", text] for text in refusal.messages]
    return [
        [name if name in FIELDS or name == "names" else "", text]
        for name, texts in refusal.message_dict.items()
        for text in texts
    ]


def _write(workspace: Workspace, wanted: _Wanted, user: User | None) -> None:
    kept = {}
    if wanted.campaign is not None:
        wanted.campaign.refresh_from_db()
        kept = {name: getattr(wanted.campaign, name) for name in FIELDS}
    save_campaign(workspace, user=user, campaign=wanted.campaign, **kept | wanted.given)


def _wanted(workspace: Workspace, file: CampaignFile) -> list[_Wanted]:
    """The rows as the workspace understands them, compared with the campaigns that it has."""
    reader = CellReader(workspace, file)
    known = _known(workspace)
    rows: list[_Wanted] = []
    seen: dict[object, int] = {}
    for one in file.rows:
        plan = PlannedRow(one.row, one.cells["name"][:200])
        wanted = _Wanted(plan, {})
        rows.append(wanted)
        if not one.cells["name"]:
            plan.problems.append(["name", _("Give the campaign a name.")])
        key = folded_key(Dimension.CAMPAIGN, one.cells["name"])
        wanted.campaign = known.get(key)
        owner = wanted.campaign.owner if wanted.campaign else None
        for name, cell in one.cells.items():
            try:
                wanted.given[name] = reader.value_of(name, cell, owner=owner)
            except WrongCell as wrong:
                plan.problems.append([name, str(wrong)])
        same = wanted.campaign.pk if wanted.campaign else key
        if same in seen:
            message = _("Row %(row)s is about the same campaign. Keep one of the two.")
            plan.problems.append(["", message % {"row": seen[same]}])
        seen.setdefault(same, one.row)
        if plan.problems:
            plan.state = WRONG
        else:
            _compare(wanted, key)
    return rows


def _known(workspace: Workspace) -> dict[str, Campaign]:
    """The campaigns by each name under which files know them."""
    campaigns = Campaign.objects.filter(workspace=workspace)
    campaigns = campaigns.select_related("channel", "owner", "outcome").prefetch_related("names")
    every = {one.pk: one for one in campaigns}
    names = CampaignName.objects.filter(workspace=workspace)
    known = {one.key: every[one.campaign_id] for one in names}
    return known | {one.key: one for one in every.values()}


def _compare(wanted: _Wanted, key: str) -> None:
    """Says what differs. A campaign that is found by another name of its keeps its own."""
    campaign, given, plan = wanted.campaign, wanted.given, wanted.plan
    if campaign is not None and key != campaign.key:
        if "names" in given:
            given["names"] = [*given["names"], given["name"]]
        given["name"] = campaign.name
    plan.changes = [
        [name, old, new]
        for name, value in given.items()
        if (old := _stored(campaign, name)) != (new := _text(name, value, campaign or given))
        and not (name == "names" and fold(old) == fold(new))
    ]
    if campaign is None:
        plan.state = NEW
    else:
        plan.state = CHANGED if plan.changes else SAME


def _stored(campaign: Campaign | None, name: str) -> str:
    if campaign is None:
        return ""
    if name == "names":
        return _text(name, [one.name for one in campaign.names.all()], campaign)
    return _text(name, getattr(campaign, name), campaign)


def _text(name: str, value: Any, of: Campaign | dict[str, Any]) -> str:
    """A value as plain text: two that are the same to the writer are the same text."""
    if value is None or value == "":
        return ""
    if name == "names":
        own = of.name if isinstance(of, Campaign) else of["name"]
        by_key = {folded_key(Dimension.CAMPAIGN, one): one for one in sorted(value, reverse=True)}
        by_key.pop(folded_key(Dimension.CAMPAIGN, own), None)
        return joined_names(by_key[key] for key in sorted(by_key))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return as_text(value)
    if name == "owner":
        return str(value.email)
    if name in {"channel", "outcome"}:
        return str(value.key)
    return "\n".join(str(value).splitlines())
