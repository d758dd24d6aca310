"""The description: OpenAPI 3.1, and every answer is what it describes."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from accounts.models import User, Workspace
from metrics.periods import Grain
from objectives.life import Said, check_in
from objectives.models import Alert, AlertRule
from objectives.period_targets import create_periods, split_of
from tests.api.conftest import Ask, script
from tests.authz import (
    a_campaign,
    a_cost,
    a_feed,
    a_recurring_cost,
    an_import,
    api_routes,
)
from tests.objectives.board import HALF_WAY, Board

ROOT = "/api/v1/workspaces/{slug}/"
SPAN = {"from": "2026-01-01", "to": "2026-02-28"}


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/v1/schema/").json()
    return found


def validator(
    schema: dict[str, Any], path: str, status: str, method: str = "get"
) -> Draft202012Validator:
    """Checks an answer against its description; a field that is not described is wrong too."""
    described = schema["paths"][ROOT + path][method]["responses"][status]["content"]
    (content,) = described.values()
    shapes = {
        name: shape | ({"additionalProperties": False} if "properties" in shape else {})
        for name, shape in schema["components"]["schemas"].items()
    }
    return Draft202012Validator(
        content["schema"] | {"components": {"schemas": shapes}}, format_checker=FormatChecker()
    )


def test_it_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert len(schema["paths"]) == len(api_routes()) - len(
        {"api_schema", "api_docs", "api_unknown"}
    )
    assert all(one["security"] == [{"token": []}] and one["summary"] for one in operations)


def test_it_is_yaml_for_who_asks(db: None) -> None:
    response = Client().get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert response.content.startswith(b"openapi: 3.1")


def test_nothing_is_left_undescribed(capsys: pytest.CaptureFixture[str]) -> None:
    SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    said = capsys.readouterr()
    assert said.out + said.err == ""


def test_each_answer_is_as_described(ask: Ask, board: Board, schema: dict[str, Any]) -> None:
    board.figures("leads", 7, channel=board.book.channel("organic").segment_id)
    objective = board.objective("leads", 900)
    split = split_of(objective, Grain.MONTH)
    assert split is not None
    moment = {"user": None, "today": HALF_WAY, "now": timezone.now()}
    create_periods(split, [Decimal(300)] * len(split.spans), **moment)  # type: ignore[arg-type]
    board.night(HALF_WAY)
    said = Said(confidence="on_track")
    check_in(objective, user=None, said=said, day=HALF_WAY, now=timezone.now())
    made = {
        "feeds": a_feed(board.workspace)["public_id"],
        "imports": an_import(board.workspace)["public_id"],
        "campaigns": a_campaign(board.workspace)["public_id"],
        "costs": a_cost(board.workspace)["public_id"],
        "recurring-costs": a_recurring_cost(board.workspace)["public_id"],
    }
    rule = AlertRule.objects.get(shipped="golden")
    asked: dict[str, tuple[str, dict[str, str]]] = {
        "metrics/": ("metrics/", {}),
        "metrics/{key}/values/": ("metrics/leads/values/", {**SPAN, "by": "channel"}),
        "metrics/{key}/why/": (
            "metrics/leads/why/",
            {"from": "2026-01-11", "to": "2026-01-20"},
        ),
        "metrics/{key}/lineage/": (
            "metrics/leads/lineage/",
            {"grain": "month", "start": "2026-01-01"},
        ),
        "funnel/": ("funnel/", {"on": "2026-01-15"}),
        "feeds/": ("feeds/", {}),
        "objectives/": ("objectives/", {}),
        **{f"{name}/": (f"{name}/", {}) for name in made},
        **{f"{name}/{{public_id}}/": (f"{name}/{made[name]}/", {}) for name in made},
        "objectives/{public_id}/": (f"objectives/{objective.public_id}/", {}),
        "objectives/{public_id}/check-ins/": (f"objectives/{objective.public_id}/check-ins/", {}),
        "objectives/{public_id}/periods/": (f"objectives/{objective.public_id}/periods/", {}),
        "objectives/{public_id}/status/": (f"objectives/{objective.public_id}/status/", {}),
        "alerts/": ("alerts/", {}),
        "alerts/{public_id}/": (f"alerts/{Alert.objects.get().public_id}/", {}),
        "alert-rules/": ("alert-rules/", {}),
        "alert-rules/{public_id}/": (f"alert-rules/{rule.public_id}/", {}),
    }
    read = {path for path, methods in schema["paths"].items() if "get" in methods}
    assert {ROOT + path for path in asked} == read
    for path, (address, query) in asked.items():
        answer = ask(address, **query).json()
        validator(schema, path, "200").validate(answer)
        assert answer.get("results", answer.get("values", True)), path


def test_what_is_written_is_answered_as_described(
    northwind: Workspace, erin: User, schema: dict[str, Any]
) -> None:
    answer = script(northwind, erin, "write").post(
        "/api/v1/workspaces/northwind/facts/",
        {"feed": "CRM", "facts": [{"metric": "leads", "date": "2026-02-01", "value": "3"}]},
        content_type="application/json",
    )
    validator(schema, "facts/", "200", "post").validate(answer.json())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("feeds/", {"name": "CRM"}),
        ("campaigns/", {"name": "Spring"}),
        ("costs/", {"category": "media", "amount": "9.5", "start": "2026-02-01"}),
        (
            "recurring-costs/",
            {"category": "media", "amount": "9.5", "rhythm": "month", "start": "2026-02-01"},
        ),
    ],
)
def test_what_is_made_and_changed_is_answered_as_described(
    northwind: Workspace, erin: User, schema: dict[str, Any], path: str, body: dict[str, str]
) -> None:
    client, root = script(northwind, erin, "write"), "/api/v1/workspaces/northwind/"
    made = client.post(root + path, body, content_type="application/json")
    validator(schema, path, "201", "post").validate(made.json())
    one, tag = f"{root}{path}{made.json()['id']}/", {"If-Match": made["ETag"]}
    changed = client.patch(one, {}, content_type="application/json", headers=tag)
    validator(schema, f"{path}{{public_id}}/", "200", "patch").validate(changed.json())
    stale = client.patch(one, {}, content_type="application/json")
    validator(schema, f"{path}{{public_id}}/", "428", "patch").validate(stale.json())


def test_a_field_that_is_not_described_would_be_found(schema: dict[str, Any], ask: Ask) -> None:
    answer = ask("feeds/").json()
    check = validator(schema, "feeds/", "200")
    answer["results"][0]["colour"] = "red"
    assert not check.is_valid(answer)
    del answer["results"][0]["colour"], answer["results"][0]["name"]
    assert not check.is_valid(answer)


def test_problems_are_as_described(ask: Ask, schema: dict[str, Any]) -> None:
    path = "metrics/{key}/values/"
    validator(schema, path, "400").validate(ask("metrics/leads/values/").json())
    validator(schema, path, "404").validate(ask("metrics/smiles/values/", **SPAN).json())
    validator(schema, path, "401").validate(
        Client().get("/api/v1/workspaces/northwind/metrics/").json()
    )
