"""Cells from a spreadsheet: where each would go, what is asked, and that nothing is written yet."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from metrics.entries import save_entry
from metrics.entry_grid import Grid, entry_grid
from metrics.grid_paste import Block, lay_out
from metrics.models import Entry, Metric
from metrics.periods import Grain
from tests.cast import Cast, client_of

TODAY = date(2024, 3, 20)
KEYS = ("leads", "mqls", "sqls")


@pytest.fixture
def carl(cast: Cast) -> Client:
    """The browser of a contributor."""
    return client_of(cast.carl)


def grid(workspace: Workspace) -> Grid:
    """Three rows by six weeks, up to that of 4 March."""
    return entry_grid(
        workspace, grain=Grain.WEEK, until=date(2024, 3, 10), asked=KEYS, today=TODAY, only=True
    )


def paste(workspace: Workspace, text: str, at: str = "leads.2024-02-26", mark: str = "") -> Block:
    return lay_out(workspace, grid(workspace), text=text, at=at, mark=mark)


def placed(block: Block) -> dict[str, str]:
    return {one.cell.name: one.after for one in block.cells}


def test_a_block_goes_right_and_down_from_its_cell(inside: Workspace) -> None:
    block = paste(inside, "10\t20\r\n30\t40\r\n")
    assert placed(block) == {
        "leads.2024-02-26": "10",
        "leads.2024-03-04": "20",
        "mqls.2024-02-26": "30",
        "mqls.2024-03-04": "40",
    }
    assert not Entry.objects.exists()


def test_empty_cells_change_nothing_and_what_falls_outside_is_named(inside: Workspace) -> None:
    block = paste(inside, "\t20\t99\n")
    assert placed(block) == {"leads.2024-03-04": "20"}
    assert block.lost == ["99"]


def test_names_and_periods_say_where_a_number_goes(inside: Workspace) -> None:
    text = "\t2024-03-04\t2024-02-26\nSQLs\t5\t6\nMarketing\t9\t9\nleads\t7\t8\n"
    block = paste(inside, text, at="mqls.2024-03-04")
    assert placed(block) == {
        "sqls.2024-03-04": "5",
        "sqls.2024-02-26": "6",
        "leads.2024-03-04": "7",
        "leads.2024-02-26": "8",
    }
    assert block.lost == ["9 (Marketing, 2024-03-04)", "9 (Marketing, 2024-02-26)"]


@pytest.mark.parametrize("header", ["2023-W40\t2023-W41", "2 October 2023\t2023-10-09"])
def test_periods_that_are_not_shown_take_no_number_to_another(
    inside: Workspace, header: str
) -> None:
    block = paste(inside, f"Metric\t{header}\nleads\t7\t8\n")
    first, second = header.split("\t")
    assert placed(block) == {}
    assert block.lost == [f"7 (leads, {first})", f"8 (leads, {second})"]


def test_a_header_of_other_words_is_no_period(inside: Workspace) -> None:
    block = paste(inside, "Metric\tThis week\nleads\t7\n", at="leads.2024-03-04")
    assert placed(block) == {"leads.2024-03-04": "7"}
    assert block.lost == ["This week (Metric)"]


def test_a_count_below_zero_is_said_before_it_is_saved(inside: Workspace) -> None:
    block = paste(inside, "-3\t4\n")
    assert [one.cell.name for one in block.unread] == ["leads.2024-02-26"]
    assert "zero or more" in block.unread[0].cell.error
    assert len(block.changes) == 1


def test_names_without_periods_start_at_the_cell(inside: Workspace) -> None:
    block = paste(inside, "mqls\t5\nleads\t7\n", at="leads.2024-03-04")
    assert placed(block) == {"mqls.2024-03-04": "5", "leads.2024-03-04": "7"}


def test_a_text_that_is_no_number_is_shown_and_left_out(inside: Workspace) -> None:
    block = paste(inside, "10\tn/a\n")
    assert [one.cell.text for one in block.unread] == ["n/a"]
    assert [one.value for one in block.changes] == [Decimal(10)]


def test_what_is_there_already_is_no_change(inside: Workspace) -> None:
    save_entry(
        inside, user=None, metric=Metric.objects.get(workspace=inside, key="leads"),
        start=date(2024, 2, 26), end=date(2024, 3, 3), value=Decimal(10), today=TODAY,
    )  # fmt: skip
    block = paste(inside, "10\t20\n")
    assert (block.same, [one.before for one in block.changes]) == (1, ["–"])


def test_an_ambiguous_number_is_asked_about_for_the_whole_block(inside: Workspace) -> None:
    assert paste(inside, "1,234\t5\n").ambiguous
    block = paste(inside, "1,234\t5,678\n", mark=",")
    assert not block.ambiguous
    assert [one.value for one in block.changes] == [Decimal("1.234"), Decimal("5.678")]


def test_far_too_much_is_a_sentence(inside: Workspace) -> None:
    assert "Import it as a file" in paste(inside, "1\t" * 20_000).problem
    assert "no number" in paste(inside, "\t\n\t").problem


def ask(client: Client, text: str, **more: Any) -> str:
    url = reverse("grid_paste", args=["northwind"])
    query = "?grain=week&until=2024-03-10&only=1&metric=leads&metric=mqls"
    given = {"text": text, "at": "leads.2024-03-04", **more}
    answer = client.post(url + query, given)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_preview_writes_nothing_and_its_form_saves_all(inside: Workspace, carl: Client) -> None:
    page = ask(carl, "12\n7\n")
    assert "2 values would be saved" in page
    assert not Entry.objects.exists()
    table = reverse("data", args=["northwind"]) + "?grain=week&until=2024-03-10"
    sent = {f"{key}.2024-03-04": value for key, value in (("leads", "12"), ("mqls", "7"))}
    carl.post(table, sent | {f"seen.{name}": "0:" for name in sent})
    assert sorted(Entry.objects.values_list("value", flat=True)) == [7, 12]


def test_an_unusual_number_has_to_be_confirmed(inside: Workspace, carl: Client) -> None:
    for day in range(5, 29):
        save_entry(
            inside, user=None, metric=Metric.objects.get(workspace=inside, key="leads"),
            start=date(2024, 2, day), end=date(2024, 2, day), value=Decimal(10), today=TODAY,
        )  # fmt: skip
    page = ask(carl, "7000\nsoon\n")
    assert "7,000 is 100 times the usual" in page
    assert 'name="keep" value="1" required' in page


def test_what_is_pasted_is_never_markup(inside: Workspace, carl: Client) -> None:
    page = ask(carl, "<script>alert(1)</script>\n")
    assert "<script>alert" not in page
    assert "1 text is not a number" in page


def test_the_page_without_scripts_offers_the_cells(inside: Workspace, carl: Client) -> None:
    page = carl.get(reverse("grid_paste", args=["northwind"])).content.decode()
    assert '<textarea class="input" id="text"' in page
    assert '<option value="' in page
