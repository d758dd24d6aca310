"""Pages with several tables hand out each of them, in three formats, without formulas."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import Membership
from metrics.campaign_saving import save_campaign
from metrics.costs import save_cost
from metrics.imports.importing import import_file, preview
from metrics.imports.parsed import ImportOptions
from metrics.models import Batch, Campaign, RecurringCost
from metrics.recurring_costs import Terms, save_recurring
from objectives.alert_rules import WantedRule, create_rule
from objectives.models import Alert, Objective
from objectives.page_tables import driver_table
from reports.models import Duty
from reports.owed import add_duty
from tests.cast import client_of
from tests.objectives.board import HALF_WAY, Board, at
from tests.rolled_back import rolled_back

EVIL = "=HYPERLINK(1)"
START, END = date(2026, 1, 1), date(2026, 2, 28)
SENT = f"date,metric,value,campaign\n2026-01-03,ad_clicks,{{}},{EVIL}\n"


@pytest.fixture(scope="module")
def filled(one_board: Board) -> Board:
    """A cost that comes back, a campaign, an import to be mended, an alert, a duty."""
    board = one_board
    workspace, owner = board.workspace, board.owner
    campaign = save_campaign(workspace, user=owner, name=EVIL, start=START, end=END)
    board.figures("leads", 7, channel=board.book.channel("organic").segment_id)
    board.figures("sessions", 70)
    rows = [
        board.book.row(key, "2026-01-20", amount, feed=board.feed.pk, campaign=campaign.pk)
        for key, amount in (("leads", 3), ("sessions", 40))
    ]
    board.book.write(*rows)
    save_cost(
        workspace, user=owner, category="tools", amount=Decimal("1234.5"), start=START, end=END,
        supplier=EVIL, campaign=campaign,
    )  # fmt: skip
    save_cost(
        workspace, user=owner, category="media", amount=Decimal(90), start=START, end=END,
        share_by="leads",
    )  # fmt: skip
    terms = Terms(category="staff", amount=Decimal(100), rhythm="month", supplier=EVIL)
    save_recurring(workspace, terms, user=owner, start=START, last=None, today=HALF_WAY)
    given: Any = {"user": owner, "options": ImportOptions(), "today": HALF_WAY}
    first = SENT.format(5).encode()
    import_file(workspace, name="a.csv", data=first, now=timezone.now(), **given)
    again = SENT.format(9) + "2026-01-04,ad_clicks,many,\n"
    preview(workspace, name="b.csv", data=again.encode(), **given)
    objective = board.objective("leads", 900, statement=EVIL)
    objective.milestones.create(workspace=workspace, day=date(2026, 1, 31), value=200)
    wanted = WantedRule(
        kind="level", metric=board.metric("leads"), threshold=Decimal(100), side="below",
        grain="week",
    )  # fmt: skip
    create_rule(workspace, user=owner, wanted=wanted)
    member = Membership.objects.select_related("user").get(workspace=workspace, user=owner)
    add_duty(workspace, metric=board.metric("mqls"), membership=member, rhythm="month", due_days=5)
    Duty.objects.update(created_at=datetime(2026, 1, 10, tzinfo=UTC))
    board.night(HALF_WAY)
    return board


@pytest.fixture
def full(filled: Board) -> Iterator[Board]:
    """The same for one test."""
    with rolled_back():
        yield filled


@pytest.fixture
def client(full: Board) -> Client:
    """The owner's browser."""
    return client_of(full.owner)


def an_objective(board: Board) -> str:
    return Objective.objects.get(workspace=board.workspace).public_id


def an_alert(board: Board) -> str:
    return Alert.objects.filter(workspace=board.workspace, rule__kind="level").get().public_id


def waiting(board: Board) -> str:
    return Batch.objects.get(workspace=board.workspace, state="preview").public_id


def a_campaign(board: Board) -> str:
    return Campaign.objects.get(workspace=board.workspace, name=EVIL).public_id


def a_shared_cost(board: Board) -> str:
    return board.workspace.costs.get(share_by="leads").public_id


def a_recurring(board: Board) -> str:
    return RecurringCost.objects.get(workspace=board.workspace).public_id


Made = Callable[[Board], str] | str | None
PAGES: tuple[tuple[str, Made, str, str], ...] = (
    ("campaign", a_campaign, "figures", "during"),
    ("campaign", a_campaign, "funnel", "now"),
    ("campaign", a_campaign, "costs", "value"),
    ("campaign", a_campaign, "objectives", "value"),
    ("campaign", a_campaign, "chart", "actual"),
    ("alert", an_alert, "values", "value"),
    ("alert", an_alert, "chart", "actual"),
    ("import_detail", waiting, "changes", "in_file"),
    ("import_detail", waiting, "problems", "row"),
    ("import_detail", waiting, "totals", "total"),
    ("costs", None, "months", "amount"),
    ("costs", None, "suppliers", "amount"),
    ("costs", None, "categories", "amount"),
    ("costs", None, "recurring", "amount"),
    ("cost_edit", a_shared_cost, "shares", "amount"),
    ("recurring_cost", a_recurring, "turns", "value"),
    ("objective", an_objective, "channels", "value"),
    ("objective", an_objective, "milestones", "milestone"),
    ("objective", an_objective, "versions", "target"),
    ("metrics", None, "", "value"),
    ("metric_reported", "leads", "", "now"),
    ("data", None, "", "2026-W06"),
    ("feeds", None, "", "delay_days"),
    ("owed", None, "", ""),
    ("owed", None, "duties", "due_days"),
    ("members", None, "", ""),
)
ASKED = {"metric_reported": {"on": "2026-02-10"}}
MORNING = at(HALF_WAY)


@pytest.mark.parametrize(
    ("name", "made", "part", "column"), PAGES, ids=[f"{one[0]}-{one[2]}" for one in PAGES]
)
def test_each_table_of_a_page_is_offered_and_taken_out(
    full: Board,
    client: Client,
    name: str,
    made: Made,
    part: str,
    column: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MORNING)
    given = made(full) if callable(made) else made
    address = reverse(name, args=["northwind", *([given] if given else [])])
    query = ASKED.get(name, {}) | ({"table": part} if part else {})
    shown = client.get(address, ASKED.get(name, {})).content.decode()
    files = {}
    for how in ("csv", "csv-fr", "xlsx"):
        offered = f"table={part}&amp;file={how}" if part else f"file={how}"
        assert offered in shown or offered.replace("&amp;", "&") in shown, how
        answer: Any = client.get(address, {**query, "file": how})
        assert answer["Content-Disposition"].startswith("attachment"), answer.content
        files[how] = b"".join(answer.streaming_content)
    assert b"<f>" not in ZipFile(BytesIO(files["xlsx"])).read("xl/worksheets/sheet1.xml")
    book = CalamineWorkbook.from_filelike(BytesIO(files["xlsx"]))
    header, *rows = book.get_sheet_by_index(0).to_python()
    lines = files["csv"].decode().splitlines()
    assert rows
    assert (header, len(rows)) == (lines[0].split(","), len(lines) - 1)
    assert files["csv-fr"].decode().startswith("\ufeff")
    if column:
        assert any(isinstance(row[header.index(column)], float) for row in rows)
    assert f",{EVIL}" not in files["csv"].decode()
    assert not files["csv"].decode().startswith(EVIL)


def test_an_unknown_table_is_the_page(full: Board, client: Client) -> None:
    address = reverse("campaign", args=["northwind", a_campaign(full)])
    answer = client.get(address, {"table": "nothing", "file": "csv"})
    assert answer["Content-Type"].startswith("text/html")


def test_parts_of_a_change_add_up_in_the_file(full: Board) -> None:
    alert = Alert(
        workspace=full.workspace,
        metric=full.metric("leads"),
        public_id="alr_1",
        evidence={
            "points": [],
            "drivers": {
                "parts": [
                    {"dimension": 1, "key": "email", "label": "E-mail", "amount": "-120.5"},
                    {"dimension": 1, "key": "organic", "label": "Organic", "amount": "20"},
                ],
                "others": "0.5",
                "others_count": 2,
                "change": "-100",
            },
        },
    )
    *parts, total = driver_table(alert).rows
    assert sum(Decimal(str(row[1])) for row in parts) == total[1] == -100


def test_too_many_facts_lead_to_a_page_that_says_why(
    full: Board, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metrics.views.lineage.MOST_PAGES", 0)
    asked = {"grain": "month", "start": "2026-01-01", "file": "xlsx"}
    address = reverse("metric_lineage", args=["northwind", "leads"])
    answer = client.get(address, asked, follow=True)
    text = answer.content.decode()
    assert "choose the feed here" in text
    for filled in ('value="2026-01-01"', 'value="2026-01-31"', '<option value="xlsx" selected'):
        assert filled in text
    assert '<option value="leads" selected' in text
