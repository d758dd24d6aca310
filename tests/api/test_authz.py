"""Every address of the API, by everybody's token and without one."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Right, allows
from accounts.models import Membership, Workspace
from accounts.scope import system_scope, workspace_scope
from tests.api.conftest import script
from tests.authz import API_ROWS, Door, Row, api_routes
from tests.cast import Cast, client_of
from tests.rolled_back import rolled_back

READ_IN_WORKSPACE = sorted(name for name, row in API_ROWS.items() if isinstance(row.get, Right))
WRITTEN = sorted(name for name, row in API_ROWS.items() if isinstance(row.post, Right))
IN_WORKSPACE = sorted({*READ_IN_WORKSPACE, *WRITTEN})
OF_AN_OBJECT = sorted(
    name for name in READ_IN_WORKSPACE if API_ROWS[name].make and not API_ROWS[name].everywhere
)
WRITES = ("post", "put", "patch", "delete")
CHANGED = sorted(
    (name, method)
    for name, row in API_ROWS.items()
    for method in ("patch", "delete")
    if getattr(row, method)
)
ANSWERED = {
    "api_import_undo": 409,
    "api_alert_acknowledge": 200,
    "api_alert_snooze": 200,
    "api_alert_resolve": 200,
    "api_alert_false_alarm": 200,
    "api_objective_periods": 428,  # a version is asked for before the call is read
}
"""What an empty call is answered with where it is not 400."""


@pytest.fixture
def cast(one_cast: Cast) -> Iterator[Cast]:
    with rolled_back():
        yield one_cast


def address(name: str, workspace: Workspace, made_in: Workspace) -> str:
    """The address below one workspace, of an object that was made in another or the same."""
    row = API_ROWS[name]
    with workspace_scope(made_in.pk):
        kwargs = row.make(made_in) if row.make else {}
    return reverse(name, kwargs={"slug": workspace.slug, **kwargs})


def status(client: Client, url: str, row: Row, method: str = "get") -> int:
    response = getattr(client, method)(url, row.data if method in {"get", "head"} else {})
    return int(response.status_code)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(api_routes()) == sorted(API_ROWS)


def test_what_is_in_a_workspace_asks_for_a_right() -> None:
    inside = {name for name, pattern in api_routes().items() if "<slug:slug>" in pattern}
    assert inside == set(IN_WORKSPACE)


@pytest.mark.parametrize("name", READ_IN_WORKSPACE)
def test_members_may_do_what_their_role_allows(name: str, cast: Cast) -> None:
    row, url = API_ROWS[name], address(name, cast.northwind, cast.northwind)
    assert isinstance(row.get, Right)
    for user in (cast.vera, cast.carl, cast.erin, cast.adam, cast.alice):
        with system_scope():
            role = Membership.objects.get(workspace=cast.northwind, user=user).role
        expected = 200 if allows(role, row.get) else 403
        client = script(cast.northwind, user)
        assert status(client, url, row) == expected, role
        assert status(client, url, row, "head") == expected
        assert status(client, url, row, "options") == expected


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_only_what_says_so_is_written(name: str, cast: Cast) -> None:
    row, url = API_ROWS[name], address(name, cast.northwind, cast.northwind)
    reader = script(cast.northwind, cast.alice)
    writer, viewer = (script(cast.northwind, user, "write") for user in (cast.alice, cast.vera))
    for method in WRITES:
        assert status(reader, url, row, method) == 403
        assert status(viewer, url, row, method) == 403
        if getattr(row, method, None) is None:
            assert status(writer, url, row, method) == 405


@pytest.mark.parametrize("name", WRITTEN)
def test_writing_takes_the_right_and_a_token_for_it(name: str, cast: Cast) -> None:
    row, url = API_ROWS[name], address(name, cast.northwind, cast.northwind)
    assert isinstance(row.post, Right)
    for user in (cast.vera, cast.carl, cast.erin, cast.adam, cast.alice):
        with system_scope():
            role = Membership.objects.get(workspace=cast.northwind, user=user).role
        expected = ANSWERED.get(name, 400) if allows(role, row.post) else 403
        with rolled_back():
            assert status(script(cast.northwind, user, "write"), url, row, "post") == expected, role
        assert status(script(cast.northwind, user), url, row, "post") == 403
    if row.get is None:
        assert status(script(cast.northwind, cast.alice), url, row) == 405


@pytest.mark.parametrize(("name", "method"), CHANGED)
def test_changing_takes_the_right_and_a_version(name: str, method: str, cast: Cast) -> None:
    row, url = API_ROWS[name], address(name, cast.northwind, cast.northwind)
    right = getattr(row, method)
    for user in (cast.vera, cast.carl, cast.erin, cast.adam, cast.alice):
        with system_scope():
            role = Membership.objects.get(workspace=cast.northwind, user=user).role
        expected = 428 if allows(role, right) else 403
        assert status(script(cast.northwind, user, "write"), url, row, method) == expected, role
        assert status(script(cast.northwind, user), url, row, method) == 403
    assert status(script(cast.acme, cast.bob, "write"), url, row, method) == 404
    theirs = address(name, cast.northwind, cast.acme)
    assert status(script(cast.northwind, cast.alice, "write"), theirs, row, method) == 404


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_everybody_else_finds_nothing(name: str, cast: Cast) -> None:
    row, url = API_ROWS[name], address(name, cast.northwind, cast.northwind)
    assert status(script(cast.acme, cast.bob), url, row) == 404
    assert status(script(cast.acme, cast.bob, "write"), url, row, "post") == 404
    assert status(Client(), url, row) == 401
    assert status(client_of(cast.alice), url, row) == 401
    assert status(Client(), url, row, "options") == 401


@pytest.mark.parametrize("name", OF_AN_OBJECT)
def test_another_workspaces_object_is_not_found_in_ones_own(name: str, cast: Cast) -> None:
    url = address(name, cast.northwind, cast.acme)
    assert status(script(cast.northwind, cast.alice), url, API_ROWS[name]) == 404


@pytest.mark.parametrize(
    "name", sorted(name for name, row in API_ROWS.items() if row.get is Door.OPEN)
)
def test_the_description_is_open_to_all(name: str, cast: Cast) -> None:
    for client in (Client(), client_of(cast.stranger)):
        assert status(client, reverse(name), API_ROWS[name]) == 200
        assert status(client, reverse(name), API_ROWS[name], "post") == 405
