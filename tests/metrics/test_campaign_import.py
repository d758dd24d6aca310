"""Campaigns from a file: a difference first, all or nothing, and back again from an export."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Membership, User, Workspace
from accounts.spreadsheets import Format, Table, write_table
from metrics.admin.export import campaign_table
from metrics.campaign_files import joined_names, names_in
from metrics.campaign_import import commit_campaigns, preview_campaigns
from metrics.campaign_list import campaigns_of, rows_of, with_standings
from metrics.campaign_saving import save_campaign
from metrics.imports.importing import ImportRefused
from metrics.models import Batch, Campaign, DimensionValue, Metric
from metrics.page_tables import campaign_table as page_table
from tests.metrics.imports.workbooks import Grid, xlsx

NOW = datetime(2026, 3, 20, 8, tzinfo=UTC)
NOTE = '=1+1\n- first\n- second\n\n- third\n- fourth; "quoted"'


def owner_of(workspace: Workspace) -> User:
    return Membership.objects.filter(workspace=workspace).select_related("user")[0].user


@pytest.fixture
def spring(inside: Workspace) -> Campaign:
    """A campaign with everything, under names that are awkward in a cell."""
    return save_campaign(
        inside, user=None, name="=Spring, “été”", start=date(2026, 3, 4), end=date(2026, 4, 3),
        channel=DimensionValue.objects.get(workspace=inside, dimension=1, key="paid_search"),
        budget=Decimal("1234.50"), owner=owner_of(inside), note=NOTE,
        outcome=Metric.objects.get(workspace=inside, key="leads"), outcome_target=Decimal(1234),
        names=["spring, sale", '"quoted" sale', "+spring", "2026"],
    )  # fmt: skip


def told(workspace: Workspace) -> list[Any]:
    """All that is known of each campaign."""
    return [
        (
            one.name, one.channel_id, one.start, one.end, one.budget, one.owner_id, one.outcome_id,
            one.outcome_target, one.note, sorted(one.names.values_list("key", "name")),
        )
        for one in Campaign.objects.filter(workspace=workspace).order_by("name")
    ]  # fmt: skip


def tables(workspace: Workspace) -> Iterator[Table]:
    """The campaigns as the administration and as the list's page hand them out."""
    yield campaign_table(Campaign.objects.filter(workspace=workspace))
    rows = rows_of(campaigns_of(workspace), workspace=workspace)
    yield page_table(with_standings(rows, workspace=workspace, today=NOW.date()))


def written(table: Table, how: Format) -> bytes:
    target = BytesIO()
    write_table(target, table.columns, table.rows, how)
    return target.getvalue()


def bring(workspace: Workspace, text: str | bytes, name: str = "campaigns.csv") -> Batch:
    data = text.encode() if isinstance(text, str) else text
    return preview_campaigns(workspace, user=None, name=name, data=data)


def states(batch: Batch) -> list[str]:
    return [one["state"] for one in batch.report["rows"]]


def problems(batch: Batch) -> str:
    return " ".join(text for one in batch.report["rows"] for _field, text in one["problems"])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("how", Format)
def test_what_is_exported_comes_back_the_same(
    inside: Workspace, spring: Campaign, how: Format, language: str
) -> None:
    save_campaign(inside, user=None, name="Plain")
    before = told(inside)
    ending = "xlsx" if how is Format.XLSX else "csv"
    with override(language):
        files = [written(table, how) for table in tables(inside)]
        for data in files:
            assert states(bring(inside, data, f"campaigns.{ending}")) == ["same", "same"]
        Campaign.objects.all().delete()
        batch = bring(inside, files[0], f"campaigns.{ending}")
        assert states(batch) == ["new", "new"]
        commit_campaigns(batch, user=None, now=NOW)
    assert told(inside) == before


def test_a_difference_is_shown_before_it_is_written(inside: Workspace, spring: Campaign) -> None:
    batch = bring(
        inside, "Campagne;Budget;Début;Fin\n2026;2 000,50;05/03/2026;31/03/2026\nNeu;;;\n"
    )
    assert states(batch) == ["changed", "new"]
    assert batch.report["rows"][0]["changes"] == [
        ["budget", "1234.5", "2000.5"],
        ["start", "2026-03-04", "2026-03-05"],
        ["end", "2026-04-03", "2026-03-31"],
    ]
    assert Campaign.objects.count() == 1
    done = commit_campaigns(batch, user=None, now=NOW)
    spring.refresh_from_db()
    assert (done.created, done.changed) == (1, 1)
    assert (spring.name, spring.budget, spring.note) == ("=Spring, “été”", Decimal("2000.5"), NOTE)
    assert spring.names.count() == 5
    with pytest.raises(ImportRefused, match="not waiting"):
        commit_campaigns(batch, user=None, now=NOW)
    again = bring(inside, "campaign,budget\n2026,2000.5\nNeu,\n")
    assert states(again) == ["same", "same"]
    with pytest.raises(ImportRefused, match="Nothing was new"):
        commit_campaigns(again, user=None, now=NOW)


def test_one_wrong_row_holds_all_back_unless_asked(inside: Workspace) -> None:
    batch = bring(inside, "campaign,budget,channel\nGood,5,Email\nBad,much,email\n")
    assert states(batch) == ["new", "wrong"]
    with pytest.raises(ImportRefused, match="1 row is to be mended"):
        commit_campaigns(batch, user=None, now=NOW)
    assert not Campaign.objects.exists()
    commit_campaigns(batch, user=None, now=NOW, partial=True)
    assert Campaign.objects.get().name == "Good"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A,,,,,12.3.4,,", "is not a number"),
        ("A,,,,,5 USD,,", "is not in EUR"),
        ("A,,,,,-5,,", "greater than or equal to 0"),
        ("A,,,,,1.0055,,", "decimal places"),
        ("A,,carrier pigeon,,,,,", "no channel “carrier pigeon”"),
        ("A,,,2026-02-30,,,,", "is not a day"),
        ("A,,,2026-03-02,2026-03-01,,,", "must not be before"),
        ("A,,,,,,nobody@example.com,", "No member is called"),
        ("A,,,,,,,conversion_rate", "no metric that adds up"),
        (",,,,,5,,", "Give the campaign a name"),
        ("A,known,,,,,,", "is a name of the campaign “Taken”"),
        ("A,,,,,,,\na,,,,,,,", "Row 2 is about the same campaign"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(inside: Workspace, row: str, sentence: str) -> None:
    save_campaign(inside, user=None, name="Taken", names=["known"])
    header = "campaign,other_names,channel,start,end,budget,owner,planned_metric\n"
    batch = bring(inside, header + row + "\n")
    assert "wrong" in states(batch)
    assert sentence in problems(batch)
    assert Campaign.objects.count() == 1


def test_a_cell_that_is_too_long_is_said_and_not_cut(inside: Workspace) -> None:
    names = ", ".join(f"utm-{n:04}" for n in range(600))
    data = xlsx({"Campaigns": Grid([("campaign", "other names"), ("Spring", names)])})
    batch = bring(inside, data, "campaigns.xlsx")
    assert batch.report["refusal"].startswith("Row 2: a cell has 5000 characters or more")
    assert not batch.report["rows"]


def test_dates_and_numbers_that_can_be_two_are_not_guessed(inside: Workspace) -> None:
    assert "two days" in problems(bring(inside, "campaign,start\nA,03/04/2026\n"))
    assert "two numbers" in problems(bring(inside, 'campaign,budget\nA,"1,234"\n'))
    batch = bring(inside, "campaign,start\nA,03/04/2026\nB,25/04/2026\n")
    assert batch.report["rows"][0]["changes"][1] == ["start", "", "2026-04-03"]


def test_a_name_may_move_from_one_campaign_to_another(inside: Workspace) -> None:
    save_campaign(inside, user=None, name="A", names=["x"])
    save_campaign(inside, user=None, name="B", names=[])
    batch = bring(inside, "campaign,other_names\nB,x\nA,\n")
    assert states(batch) == ["changed", "changed"]
    commit_campaigns(batch, user=None, now=NOW)
    assert Campaign.objects.get(name="B").names.filter(key="x").exists()


def test_what_changed_meanwhile_is_shown_first(inside: Workspace, spring: Campaign) -> None:
    batch = bring(inside, "campaign,budget\n2026,10\n")
    save_campaign(inside, user=None, campaign=spring, name=spring.name, budget=Decimal(7))
    with pytest.raises(ImportRefused, match="changed since"):
        commit_campaigns(batch, user=None, now=NOW)
    assert Campaign.objects.get().budget == 7
    batch.refresh_from_db()
    assert batch.report["rows"][0]["changes"] == [["budget", "7", "10"]]
    commit_campaigns(batch, user=None, now=NOW)
    assert Campaign.objects.get().budget == 10


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"campaign\n", "empty"),
        ("a.csv", b"budget,day\n1,2\n", "No column holds the names"),
        ("a.csv", b"campaign\nA\0B\n", "NUL byte"),
        ("a.csv", b'campaign\n"open\n', "not closed"),
        ("a.xlsx", b"PK\x03\x04nothing", "damaged"),
        ("a.pdf", b"%PDF-1.7 ...", "not a table"),
        ("a.csv", b"campaign," + b"x," * 600 + b"\nA\n", "columns"),
        ("a.csv", b"campaign\n" + b"".join(b"c%d\n" % n for n in range(2001)), "2000 campaigns"),
    ],
)
def test_hostile_files_are_a_sentence(
    inside: Workspace, name: str, data: bytes, sentence: str
) -> None:
    batch = bring(inside, data, name)
    assert sentence in batch.report["refusal"]
    with pytest.raises(ImportRefused):
        commit_campaigns(batch, user=None, now=NOW, partial=True)
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("names", [["a"], ['a, "b"', "c"], ['"'], ["a,b", "=c", "d e"], []])
def test_names_come_back_out_of_one_cell(names: list[str]) -> None:
    assert names_in(joined_names(names)) == names


def test_the_pages_read_show_and_import(
    inside: Workspace, spring: Campaign, client: Client
) -> None:
    client.force_login(owner_of(inside))
    new = reverse("campaign_import", args=[inside.slug])
    assert client.post(new, {}).status_code == 422
    answer = client.post(new, {"pasted": "campaign\tbudget\tphase\n2026\t9\tover\nNew\t1\t"})
    batch = Batch.objects.get(kind=Batch.Kind.PLAN)
    page = client.get(answer["Location"]).content.decode()
    assert "<del>€1,234.50</del>" in page
    assert "<ins>€9" in page
    assert "Import 2 campaigns" in page
    assert "phase" in page
    commit = reverse("campaign_file_commit", args=[inside.slug, batch.public_id])
    for _click in range(2):
        client.post(commit)
    assert Campaign.objects.count() == 2
    assert "1 campaign is new, 1 was changed." in client.get(answer["Location"]).content.decode()
    imports = client.get(reverse("imports", args=[inside.slug])).content.decode()
    assert batch.public_id not in imports
