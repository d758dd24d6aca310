"""Workspaces: made whole, changed by one person at a time."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, Membership, Role, Workspace
from accounts.scope import system_scope
from accounts.workspaces import Conflict, change_settings, create_workspace, free_slug
from tests.cast import Cast


def make(cast: Cast, **changes: Any) -> Workspace:
    values: dict[str, Any] = {
        "slug": "new",
        "name": "New",
        "currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "en",
        "owner": cast.stranger,
    }
    return create_workspace(**(values | changes))


def test_a_new_workspace_has_its_owner(cast: Cast) -> None:
    workspace = make(cast)
    with system_scope():
        member = Membership.objects.get(workspace=workspace)
    assert (member.user, member.role) == (cast.stranger, Role.OWNER)


@pytest.mark.parametrize(
    "wrong", [{"currency": "eur"}, {"time_zone": "Mars/Base"}, {"slug": "northwind"}, {"name": ""}]
)
def test_a_value_that_does_not_fit_makes_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        make(cast, **wrong)
    with system_scope():
        assert Workspace.objects.count() == 2


def test_a_slug_is_made_from_the_name(cast: Cast) -> None:
    assert free_slug("Café Zürich & fils") == "cafe-zurich-fils"
    assert free_slug("Northwind") == "northwind-2"
    assert free_slug("New") == "new-2"
    assert free_slug("日本") == "workspace"


def test_settings_change_and_are_noted(cast: Cast) -> None:
    changed = change_settings(
        cast.northwind, version=1, values={"name": "North", "week_start": 6}, by=cast.alice
    )
    assert (changed.name, changed.week_start, changed.version) == ("North", 6, 2)
    with system_scope():
        event = AuditEvent.objects.get(action="workspace.changed")
    assert event.before == {"name": "Northwind", "week_start": 0}
    assert event.after == {"name": "North", "week_start": 6}


def test_the_same_settings_again_change_nothing(cast: Cast) -> None:
    same = change_settings(cast.northwind, version=1, values={"name": "Northwind"}, by=cast.alice)
    assert same.version == 1


def test_a_second_writer_is_told(cast: Cast) -> None:
    change_settings(cast.northwind, version=1, values={"name": "First"}, by=cast.alice)
    with pytest.raises(Conflict) as conflict:
        change_settings(cast.northwind, version=1, values={"name": "Second"}, by=cast.adam)
    assert conflict.value.current.name == "First"
