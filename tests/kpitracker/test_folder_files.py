"""Files in a watched folder, by the real tick and the real job, on a real disk."""

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker import jobs
from kpitracker.handlers import HANDLERS, gave_up
from kpitracker.models import Job
from kpitracker.ticking import tick
from metrics import folder_imports
from metrics.feeds import create_feed
from metrics.folder_imports import open_refused, settle, unsettled
from metrics.imports.importing import commit, import_file, undo_import
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Fact, Feed, WatchedFolder
from metrics.periods import local_today
from metrics.watching import inbox_of, stop_watching, watch

LONG = "date,metric,value\n{day},leads,{value}\n"
BROKEN = "date,metric,value\n2026-03-01,leads,4\n2026-02-31,leads,5\n"
SEARCH = "Date,Clicks,Impressions,CTR,Position\n2026-03-01,5,100,5%,3.2\n"
LEADS = (
    "Record ID,First Name,Last Name,Email,Create Date,Lifecycle Stage\n"
    "1,Ada,Lovelace,ada@example.com,2026-03-01 10:00,Lead\n"
)


def text_of(value: int, day: str = "2026-03-01") -> str:
    return LONG.format(day=day, value=value)


class Desk:
    """A feed with a watched folder, and what the minute does with it."""

    def __init__(self, workspace: Workspace, name: str = "CRM") -> None:
        self.workspace = workspace
        with workspace_scope(workspace.pk):
            self.feed = create_feed(workspace, name=name)
            self.folder = watch(self.feed, now=timezone.now())
        self.path = inbox_of(self.folder).path

    def known(self, content: str = text_of(1, "2026-01-01"), **options: Any) -> None:
        """A file of this feed was imported by hand before."""
        now = timezone.now()
        with workspace_scope(self.workspace.pk):
            import_file(
                self.workspace,
                user=None,
                name="first.csv",
                data=content.encode(),
                options=ImportOptions(**options),
                today=local_today(now, self.workspace.time_zone),
                now=now,
                feed=self.feed.name,
            )

    def put(self, name: str, content: str | bytes) -> Path:
        data = content.encode() if isinstance(content, str) else content
        (self.path / name).write_bytes(data)
        return self.path / name

    def minute(self) -> list[str]:
        """A tick, and the files that a worker hears of; what became of each."""
        tick(timezone.now())
        states = []
        while waiting := self._waiting():
            assert jobs.run(waiting.pk, HANDLERS, now=timezone.now()) == "done"
            with system_scope():
                waiting.refresh_from_db()
            states.append(str((waiting.result or {})["state"]))
        return states

    def _waiting(self) -> Job | None:
        with system_scope():
            return Job.objects.filter(kind="file", state="queued").order_by("pk").first()

    def lying(self) -> list[str]:
        """What lies in the folder; stamps left out."""
        found = (path for path in self.path.rglob("*") if path.is_file())
        names = (str(path.relative_to(self.path)) for path in found)
        return sorted(name.partition("/")[0] + "/" + name.rpartition("Z-")[2] for name in names)

    def leads(self) -> list[int]:
        with workspace_scope(self.workspace.pk):
            facts = Fact.objects.filter(feed=self.feed).order_by("day")
            return [int(fact.value) for fact in facts]

    def entries(self) -> list[Batch]:
        with workspace_scope(self.workspace.pk):
            return list(Batch.objects.filter(is_from_folder=True).order_by("pk"))


@pytest.fixture(autouse=True)
def _at_once(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.FOLDER_SETTLE_SECONDS = 0


@pytest.fixture
def desk(northwind: Workspace) -> Desk:
    return Desk(northwind)


def test_a_file_is_imported_and_put_away(desk: Desk) -> None:
    desk.known()
    desk.put("march.csv", text_of(7))
    assert desk.minute() == ["imported"]
    assert desk.leads() == [1, 7]
    assert desk.lying() == ["done/march.csv"]
    (entry,) = desk.entries()
    assert (entry.state, entry.feed_id, entry.file_name) == (
        "committed", desk.feed.pk, "march.csv",
    )  # fmt: skip


def test_the_folder_is_named_after_workspace_and_feed(northwind: Workspace, tmp_path: Path) -> None:
    desk = Desk(northwind, "Régie — Été/2026")
    assert desk.path == tmp_path / "inbox" / "northwind" / "regie-ete2026"


def test_the_same_bytes_again_change_nothing(desk: Desk) -> None:
    desk.known()
    desk.put("march.csv", text_of(7))
    desk.minute()
    desk.put("again.csv", text_of(7))
    assert desk.minute() == ["same"]
    assert len(desk.entries()) == 1
    assert desk.lying() == ["done/again.csv", "done/march.csv"]


def test_an_undone_file_may_come_again(desk: Desk) -> None:
    desk.known()
    desk.put("march.csv", text_of(7))
    desk.minute()
    with workspace_scope(desk.workspace.pk):
        undo_import(desk.entries()[0], user=None, now=timezone.now())
    desk.put("march.csv", text_of(7))
    assert desk.minute() == ["imported"]
    assert desk.leads() == [1, 7]


def test_a_file_waits_until_nobody_writes_to_it(desk: Desk, settings: Settings) -> None:
    settings.FOLDER_SETTLE_SECONDS = 60
    desk.known()
    path = desk.put("march.csv", text_of(7))
    tick(timezone.now())
    with path.open("a") as file:
        file.write("2026-03-02,leads,8\n")
    tick(timezone.now())
    with system_scope():
        first, second = Job.objects.filter(kind="file").order_by("pk")
        assert first.run_after > timezone.now() + timedelta(seconds=50)
        Job.objects.filter(kind="file").update(run_after=timezone.now())
    for job in (first, second):
        jobs.run(job.pk, HANDLERS, now=timezone.now())
        with system_scope():
            job.refresh_from_db()
    assert [(job.result or {})["state"] for job in (first, second)] == ["left", "imported"]
    assert desk.leads() == [1, 7, 8]


def test_a_refused_file_is_kept_aside_with_its_report(desk: Desk) -> None:
    desk.known()
    desk.put("broken.csv", BROKEN)
    assert desk.minute() == ["refused"]
    assert desk.leads() == [1]
    assert desk.lying() == [
        "failed/broken.csv",
        "failed/broken.csv.report.json",
        "failed/broken.csv.report.txt",
    ]
    (entry,) = desk.entries()
    assert entry.state == "failed"
    text = next(desk.path.glob("failed/*.report.txt")).read_text()
    assert entry.report["refusal"] in text
    assert "2026-02-31" in text
    document = json.loads(next(desk.path.glob("failed/*.report.json")).read_text())
    assert document["errors"][0]["found"] == "2026-02-31"
    with workspace_scope(desk.workspace.pk):
        assert [one.pk for one in unsettled(desk.workspace)] == [entry.pk]


def test_it_is_announced_until_it_came_after_all_or_somebody_settles_it(desk: Desk) -> None:
    desk.known()
    desk.put("broken.csv", BROKEN)
    desk.put("other.csv", "")
    desk.minute()
    desk.put("broken.csv", text_of(4))
    assert desk.minute() == ["imported"]
    with workspace_scope(desk.workspace.pk):
        (waiting,) = unsettled(desk.workspace)
        assert waiting.file_name == "other.csv"
        settle(waiting, now=timezone.now())
        assert unsettled(desk.workspace) == []


def test_a_refused_file_is_mended_by_hand(desk: Desk, erin: User) -> None:
    desk.known("date,metric,value\n03/04/2025,leads,4\n", date_order="dmy")
    desk.put("unclear.csv", BROKEN.replace("2026-02-31", "2026-02-28"))
    desk.put("broken.csv", BROKEN)
    desk.minute()
    with workspace_scope(desk.workspace.pk):
        (refused,) = unsettled(desk.workspace)
        opened = open_refused(refused, user=erin, now=timezone.now())
        assert opened is not None
        assert (opened.state, opened.feed_id) == ("preview", desk.feed.pk)
        commit(opened, user=erin, now=timezone.now(), partial=True)
        assert unsettled(desk.workspace) == []
        for path in desk.path.glob("failed/*"):
            path.unlink()
        assert open_refused(refused, user=erin, now=timezone.now()) is None


def test_what_was_answered_once_is_remembered(desk: Desk) -> None:
    unclear = "date,metric,value\n{}/2026,leads,4\n"
    desk.known(unclear.format("02/01"), date_order="dmy")
    desk.put("next.csv", unclear.format("03/01"))
    assert desk.minute() == ["imported"]
    with workspace_scope(desk.workspace.pk):
        assert [fact.day.isoformat() for fact in Fact.objects.order_by("day")] == [
            "2026-01-02",
            "2026-01-03",
        ]


def test_an_open_question_is_a_refusal(desk: Desk) -> None:
    desk.known()
    desk.put("unclear.csv", "date,metric,value\n03/04/2026,leads,4\n")
    assert desk.minute() == ["refused"]


def test_a_table_that_nobody_has_looked_at_is_refused(desk: Desk) -> None:
    desk.put("first.csv", text_of(7))
    assert desk.minute() == ["refused"]
    assert desk.leads() == []


def test_another_kind_of_file_than_the_feeds_is_refused(desk: Desk) -> None:
    desk.known()
    desk.put("search.csv", SEARCH)
    assert desk.minute() == ["refused"]
    assert "another kind of file" in desk.entries()[0].report["refusal"]


def test_a_known_export_needs_no_first_look(northwind: Workspace) -> None:
    desk = Desk(northwind, "Search Console")
    desk.put("search.csv", SEARCH)
    assert desk.minute() == ["imported"]


def test_a_list_of_people_does_not_stay(northwind: Workspace) -> None:
    desk = Desk(northwind, "HubSpot")
    desk.put("contacts.csv", LEADS)
    assert desk.minute() == ["imported"]
    desk.put("contacts.csv", LEADS)
    assert desk.minute() == ["same"]
    assert desk.lying() == []


def test_too_large_a_file_is_refused_unread(desk: Desk, settings: Settings) -> None:
    settings.IMPORT_MAX_MEGABYTES = 1
    with (desk.path / "huge.csv").open("wb") as file:
        file.truncate(10 * 1024**3)
    assert desk.minute() == ["refused"]
    assert "1 MB" in desk.entries()[0].report["refusal"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_the_right_to_read_is_refused(desk: Desk) -> None:
    desk.put("locked.csv", text_of(1)).chmod(0)
    assert desk.minute() == ["refused"]
    assert "right to read" in desk.entries()[0].report["refusal"]


def test_a_folder_that_is_gone_is_told(desk: Desk) -> None:
    desk.path.rename(desk.path.with_name("elsewhere"))
    assert desk.minute() == []
    with workspace_scope(desk.workspace.pk):
        desk.folder.refresh_from_db()
        assert desk.folder.trouble == WatchedFolder.Trouble.UNREADABLE
        watch(desk.feed, now=timezone.now())
    desk.minute()
    with workspace_scope(desk.workspace.pk):
        desk.folder.refresh_from_db()
        assert desk.folder.trouble == ""


def test_what_is_left_alone_is_told(desk: Desk) -> None:
    (desk.path / "exports").mkdir()
    desk.minute()
    with workspace_scope(desk.workspace.pk):
        desk.folder.refresh_from_db()
        assert (desk.folder.trouble, desk.folder.trouble_with) == ("folder", "exports")


def test_switched_off_nothing_happens_and_on_again_everything_does(desk: Desk) -> None:
    desk.known()
    desk.put("march.csv", text_of(7))
    with workspace_scope(desk.workspace.pk):
        stop_watching(desk.folder)
    assert desk.minute() == []
    with workspace_scope(desk.workspace.pk):
        watch(desk.feed, now=timezone.now())
    assert desk.minute() == ["imported"]


def test_a_feed_that_is_not_in_use_takes_no_files(desk: Desk) -> None:
    desk.known()
    desk.put("march.csv", text_of(7))
    with workspace_scope(desk.workspace.pk):
        Feed.objects.filter(pk=desk.feed.pk).update(is_active=False)
    assert desk.minute() == []


def test_what_nobody_foresaw_is_a_refusal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_options: Any) -> Batch:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(folder_imports, "import_file", broken)
    desk.put("odd.csv", text_of(7))
    assert desk.minute() == ["refused"]
    assert "secret" not in str(desk.entries()[0].report)


def test_a_file_that_ends_its_worker_again_and_again_is_refused(desk: Desk) -> None:
    desk.known()
    desk.put("heavy.csv", text_of(7))
    tick(timezone.now())
    with system_scope():
        Job.objects.filter(kind="file").update(attempts=folder_imports.MOST_ATTEMPTS)
    assert desk.minute() == ["refused"]
    assert desk.leads() == [1]


def test_a_job_that_is_given_up_leaves_a_refusal(desk: Desk) -> None:
    desk.put("odd.csv", text_of(7))
    tick(timezone.now())
    with system_scope():
        job = Job.objects.select_related("workspace").get(kind="file")
    for _again in range(2):
        gave_up(job, now=timezone.now())
    assert [one.state for one in desk.entries()] == ["failed"]


def test_files_of_a_workspace_are_rung_one_after_another(desk: Desk) -> None:
    desk.known()
    for number in (1, 2, 3):
        path = desk.put(f"{number}.csv", text_of(number))
        os.utime(path, (number, number))
    rung = tick(timezone.now())
    with system_scope():
        files = list(Job.objects.filter(kind="file").order_by("pk"))
        assert set(rung) & {job.pk for job in files} == {files[0].pk}
    desk.minute()
    assert desk.leads() == [1, 3]


@pytest.mark.usefixtures("acme")
def test_each_workspace_has_its_own_folders(desk: Desk, acme: Workspace) -> None:
    theirs = Desk(acme, "CRM")
    assert theirs.path.parent.name == "acme"
    theirs.known()
    desk.known()
    theirs.put("march.csv", text_of(9))
    assert desk.minute() == ["imported"]
    assert (desk.leads(), theirs.leads()) == ([1], [1, 9])
