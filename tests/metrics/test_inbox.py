"""The folder of a feed on disk: what is taken, what is left alone, and what is never touched."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metrics.inbox import FAILED, Arrival, Inbox, Moved, TooLarge, kept_name, shown_name

STAMP = "20260309T101500Z"
MUCH = 1_000_000


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    made = Inbox(tmp_path / "inbox", "northwind", "ga4")
    made.make()
    return made


def put(inbox: Inbox, name: str, text: str = "a,b\n1,2\n") -> Arrival:
    """A file in the folder, as a look finds it."""
    (inbox.path / name).write_text(text)
    return next(one for one in inbox.look().arrivals if one.name == name)


def names(path: Path) -> list[str]:
    return sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.is_file())


def test_the_folder_can_be_made_twice(inbox: Inbox) -> None:
    inbox.make()
    assert inbox.look().arrivals == []


def test_files_come_the_oldest_first(inbox: Inbox) -> None:
    for number, name in enumerate(["b.csv", "a.csv", "c.csv"]):
        put(inbox, name)
        os.utime(inbox.path / name, (number, number))
    assert [one.name for one in inbox.look().arrivals] == ["b.csv", "a.csv", "c.csv"]


@pytest.mark.parametrize(
    "name", [".hidden.csv", "x.csv.part", "x.CSV.TMP", "x.csv~", "~$x.xlsx", "x.crdownload"]
)
def test_what_is_unfinished_or_hidden_is_no_arrival(inbox: Inbox, name: str) -> None:
    (inbox.path / name).write_text("1")
    look = inbox.look()
    assert (look.arrivals, look.left) == ([], [])


def test_links_folders_and_pipes_are_left_and_named(inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    (inbox.path / "link.csv").symlink_to(secret)
    (inbox.path / "exports").mkdir()
    os.mkfifo(inbox.path / "pipe.csv")
    look = inbox.look()
    assert look.arrivals == []
    assert sorted(look.left) == [
        ("folder", "exports"),
        ("link", "link.csv"),
        ("special", "pipe.csv"),
    ]
    assert secret.read_text() == "secret"


def test_a_file_is_taken_read_and_put_away(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv", "a\n")
    assert inbox.claim(seen, "7")
    assert inbox.look().arrivals == []
    assert inbox.read(seen, "7", most_bytes=MUCH) == b"a\n"
    kept = inbox.put_away(seen, "7", where="done", stamp=STAMP)
    assert names(inbox.path) == [f"done/{kept}"]


def test_each_step_can_be_done_again(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    assert inbox.claim(seen, "7")
    assert inbox.claim(seen, "7")
    for _again in range(2):
        inbox.put_away(seen, "7", where="done", stamp=STAMP)
    assert len(names(inbox.path)) == 1


def test_one_of_two_gets_the_file(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    assert [inbox.claim(seen, ticket) for ticket in ("7", "8")] == [True, False]


def test_a_file_that_was_written_to_since_is_not_taken(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    with (inbox.path / "week.csv").open("a") as file:
        file.write("3,4\n")
    assert not inbox.claim(seen, "7")
    assert names(inbox.path) == ["week.csv"]


def test_a_file_that_is_gone_or_became_a_link_is_not_taken(inbox: Inbox, tmp_path: Path) -> None:
    seen = put(inbox, "week.csv")
    (inbox.path / "week.csv").unlink()
    assert not inbox.claim(seen, "7")
    (inbox.path / "week.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert not inbox.claim(seen, "8")


def test_who_writes_on_after_it_was_taken_gets_the_file_back(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    with (inbox.path / "week.csv").open("a") as file:
        assert inbox.claim(seen, "7")
        file.write("3,4\n")
    with pytest.raises(Moved):
        inbox.read(seen, "7", most_bytes=MUCH)
    assert names(inbox.path) == ["week.csv"]


def test_a_file_given_back_does_not_cover_a_newer_one(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    assert inbox.claim(seen, "7")
    put(inbox, "week.csv", "newer")
    working = inbox.path / ".working" / "7" / "week.csv"
    working.write_text("longer than before, and more")
    with pytest.raises(Moved):
        inbox.read(seen, "7", most_bytes=MUCH)
    assert names(inbox.path) == ["7-week.csv", "week.csv"]
    assert (inbox.path / "week.csv").read_text() == "newer"


def test_a_huge_file_is_not_read(inbox: Inbox) -> None:
    path = inbox.path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024**3)
    (seen,) = inbox.look().arrivals
    assert inbox.claim(seen, "7")
    with pytest.raises(TooLarge):
        inbox.read(seen, "7", most_bytes=MUCH)


@pytest.mark.parametrize("inside", ["done", "failed", ".working"])
def test_a_link_in_the_place_of_a_folder_leads_nowhere(
    inbox: Inbox, tmp_path: Path, inside: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    seen = put(inbox, "week.csv")
    (inbox.path / inside).rmdir()
    (inbox.path / inside).symlink_to(outside)
    where = FAILED if inside == "failed" else "done"
    if inside != ".working":
        assert inbox.claim(seen, "7")
    with pytest.raises(OSError, match=inside):
        inbox.put_away(seen, "7", where=where, stamp=STAMP)
    assert list(outside.iterdir()) == []


def test_a_workspace_that_is_a_link_is_not_entered(inbox: Inbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "ga4").mkdir(parents=True)
    (tmp_path / "inbox" / "other").symlink_to(outside)
    with pytest.raises(OSError, match="other"):
        Inbox(tmp_path / "inbox", "other", "ga4").look()


def test_reports_lie_beside_what_was_refused(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    inbox.claim(seen, "7")
    kept = inbox.put_away(seen, "7", where=FAILED, stamp=STAMP)
    for _again in range(2):
        inbox.write_reports(kept, text="Why.", document="{}")
    assert names(inbox.path) == [
        f"failed/{kept}{end}" for end in ("", ".report.json", ".report.txt")
    ]
    assert inbox.refused(kept, most_bytes=MUCH) == b"a,b\n1,2\n"


def test_what_was_put_away_long_ago_goes(inbox: Inbox) -> None:
    seen = put(inbox, "week.csv")
    inbox.claim(seen, "7")
    inbox.put_away(seen, "7", where="done", stamp=STAMP)
    waiting = put(inbox, "next.csv")
    assert inbox.prune(before=datetime.now(UTC) - timedelta(days=30)) == 0
    assert inbox.prune(before=datetime.now(UTC) + timedelta(minutes=1)) == 1
    assert names(inbox.path) == [waiting.name]


def test_names_of_any_bytes(inbox: Inbox) -> None:
    name = os.fsdecode(b"caf\xe9\n.csv")
    seen = put(inbox, name)
    assert inbox.claim(seen, "7")
    assert inbox.put_away(seen, "7", where="done", stamp=STAMP) == kept_name(name, STAMP)
    assert shown_name(name) == "caf\ufffd\ufffd.csv"


def test_the_longest_name_that_a_disk_takes(inbox: Inbox) -> None:
    seen = put(inbox, "x" * 251 + ".csv")
    assert inbox.claim(seen, "7")
    kept = inbox.put_away(seen, "7", where=FAILED, stamp=STAMP)
    inbox.write_reports(kept, text="", document="")
    assert kept.endswith(".csv")
