"""Costs that come back, entered and changed in the administration: their lines follow."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.scope import system_scope
from metrics.models import Cost, RecurringCost, StaleSpan
from tests.admin.conftest import Enters, sentences
from tests.cast import Cast
from tests.objectives.board import at

ADD = "/admin/metrics/recurringcost/add/"
LIST = "/admin/metrics/recurringcost/"
TODAY = date(2026, 3, 9)
TERMS = {
    "category": "tools", "amount": "100", "rhythm": "month", "supplier": "Acme",
    "start": "2026-01-01", "note": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(TODAY))


def lines() -> list[tuple[date, Decimal]]:
    with system_scope():
        return list(Cost.objects.order_by("start").values_list("start", "amount"))


def the_cost() -> RecurringCost:
    with system_scope():
        return RecurringCost.objects.earliest("pk")


def test_its_turns_enter_the_ledger_and_ask_for_a_recompute(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    response = client.post(ADD, TERMS)
    assert response.status_code == 302, sentences(response)
    assert lines() == [(date(2026, month, 1), Decimal(100)) for month in (1, 2, 3)]
    with system_scope():
        assert StaleSpan.objects.filter(metric__key="cost_tools").exists()
    assert "Carl Example" in sentences(client.get(f"{LIST}{the_cost().pk}/history/"))


def test_a_change_from_a_day_on_leaves_what_was_spent(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    client.post(ADD, TERMS)
    address = f"{LIST}{the_cost().pk}/change/"
    assert "2026-04-01" in sentences(client.get(address))
    dearer = TERMS | {"scope": "from", "from_day": "2026-03-01", "amount": "150", "seen_version": 1}
    assert client.post(address, dearer).status_code == 302
    assert [amount for _day, amount in lines()] == [100, 100, 150]
    assert the_cost().last == date(2026, 2, 28)


def test_a_change_of_the_whole_changes_every_line(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    client.post(ADD, TERMS)
    address = f"{LIST}{the_cost().pk}/change/"
    whole = TERMS | {"scope": "whole", "amount": "80", "last": "2026-02-28", "seen_version": 1}
    assert client.post(address, whole).status_code == 302
    assert [amount for _day, amount in lines()] == [80, 80]


def test_sending_the_form_twice_changes_it_once(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    client.post(ADD, TERMS)
    address = f"{LIST}{the_cost().pk}/change/"
    dearer = TERMS | {"scope": "from", "from_day": "2026-03-01", "amount": "150", "seen_version": 1}
    client.post(address, dearer)
    assert "changed this meanwhile" in sentences(client.post(address, dearer))
    with system_scope():
        assert RecurringCost.objects.count() == 2
    assert [amount for _day, amount in lines()] == [100, 100, 150]


def test_what_is_wrong_stands_beside_its_field(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    for wrong, sentence in (
        ({"amount": "a lot"}, "Enter a number, like"),
        ({"last": "2025-12-31"}, "must not be before"),
        ({"start": "2019-01-01"}, "at most five years ago"),
    ):
        assert sentence in sentences(client.post(ADD, TERMS | wrong)), wrong
    client.post(ADD, TERMS)
    early = TERMS | {"scope": "from", "from_day": "2026-01-01", "seen_version": 1}
    refused = client.post(f"{LIST}{the_cost().pk}/change/", early)
    assert "Choose a day after the first one" in sentences(refused)


def test_deleting_takes_its_lines_along(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    for supplier in ("Acme", "Other"):
        client.post(ADD, TERMS | {"supplier": supplier})
    address = f"{LIST}{the_cost().pk}/delete/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert len(lines()) == 3
    chosen: dict[str, Any] = {"action": "delete_selected", "_selected_action": [the_cost().pk]}
    client.post(LIST, chosen | {"post": "yes"})
    assert lines() == []


def test_it_is_out_of_reach_of_those_who_look_on_and_of_strangers(
    cast: Cast, enters: Enters
) -> None:
    enters(cast.carl).post(ADD, TERMS)
    address = f"{LIST}{the_cost().pk}/"
    vera, bob = enters(cast.vera), enters(cast.bob)
    assert vera.get(LIST).status_code in {302, 403}
    assert vera.post(ADD, TERMS).status_code in {302, 403}
    assert bob.post(address + "change/", TERMS | {"amount": "1"}).status_code == 404
    assert bob.post(address + "delete/", {"post": "yes"}).status_code == 404
    assert "Acme" not in sentences(bob.get(LIST))
    assert [amount for _day, amount in lines()] == [100, 100, 100]
