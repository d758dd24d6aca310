"""Every address, by everybody: members, members of another workspace, strangers, nobody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Right, allows
from accounts.members import change_role, remove
from accounts.models import Membership, Role, User, Workspace
from accounts.scope import system_scope, workspace_scope
from tests.authz import ROWS, Door, Needs, Row, routes
from tests.cast import Cast, client_of
from tests.rolled_back import rolled_back

IN_WORKSPACE = sorted(name for name, row in ROWS.items() if isinstance(row.get or row.post, Right))
OUTSIDE = sorted(set(ROWS) - set(IN_WORKSPACE))
OF_AN_OBJECT = sorted(
    name for name in IN_WORKSPACE if ROWS[name].make and not ROWS[name].everywhere
)
REFUSED = {403, 404, 405, 500}
Fingerprint = list[tuple[str, str]]


@pytest.fixture
def cast(one_cast: Cast) -> Iterator[Cast]:
    """The cast as it was created."""
    with rolled_back():
        yield one_cast


def methods(row: Row) -> Iterator[tuple[str, Needs]]:
    yield "get", row.get
    yield "post", row.post


def address(name: str, workspace: Workspace, kwargs: dict[str, Any]) -> str:
    return reverse(name, kwargs={"slug": workspace.slug, **kwargs})


def made(row: Row, workspace: Workspace) -> dict[str, Any]:
    with workspace_scope(workspace.pk):
        return row.make(workspace) if row.make else {}


def ask(
    client: Client, method: str, url: str, row: Row, *, untouched: Fingerprint | None = None
) -> HttpResponseBase:
    """The answer to one request whose changes are undone; a file is read to its end.

    With a fingerprint of what is there, the request has to leave it as it is.
    """
    with rolled_back():
        response: Any = getattr(client, method)(url, row.data if method == "post" else {})
        if untouched is not None:
            assert fingerprint() == untouched
    assert isinstance(response, HttpResponseBase)
    if isinstance(response, StreamingHttpResponse):
        response.getvalue()
    return response


def is_sent_to_sign_in(response: Any) -> bool:
    return bool(response.status_code == 302 and response["Location"].startswith("/login/"))


def fingerprint() -> Fingerprint:
    """A hash of every table's rows, sessions apart."""
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(
            "select tablename from pg_tables where schemaname = 'public' "
            "and tablename not like '%%session%%' order by 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = [
            f"select '{table}', md5(coalesce(string_agg(t::text, '' order by t::text), '')) "
            f'from "{table}" t'
            for table in tables
        ]
        cursor.execute(" union all ".join(parts))
        return sorted(cursor.fetchall())


def have_just_visited() -> None:
    """A visit is noted once a minute: the next request of a member notes none."""
    with system_scope():
        Membership.objects.update(last_seen_at=timezone.now())


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted(routes()) == sorted(ROWS)


def test_what_is_in_a_workspace_asks_for_a_right() -> None:
    inside = {name for name, pattern in routes().items() if pattern.startswith("w/<slug:slug>/")}
    assert inside == set(IN_WORKSPACE)


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_members_may_do_what_their_role_allows(name: str, cast: Cast) -> None:
    row = ROWS[name]
    url = address(name, cast.northwind, made(row, cast.northwind))
    with system_scope():
        members = Membership.objects.filter(workspace=cast.northwind).select_related("user")
        doing = [(member.role, client_of(member.user)) for member in members]
    assert {role for role, _client in doing} == set(Role)
    have_just_visited()
    before = fingerprint()
    for role, client in doing:
        for method, needs in methods(row):
            if isinstance(needs, Right) and allows(role, needs):
                response = ask(client, method, url, row)
                assert response.status_code not in REFUSED, (role, method)
                assert not is_sent_to_sign_in(response)
            else:
                refused = {403, 405} if needs is None else {403}
                response = ask(client, method, url, row, untouched=before)
                assert response.status_code in refused, (role, method)


@pytest.mark.parametrize("name", IN_WORKSPACE)
def test_everybody_else_finds_nothing(name: str, cast: Cast) -> None:
    row = ROWS[name]
    url = address(name, cast.northwind, made(row, cast.northwind))
    clients = [client_of(cast.bob), client_of(cast.stranger)]
    anonymous = client_of(None)
    before = fingerprint()
    for method, needs in methods(row):
        if needs is not None:
            for client in clients:
                assert ask(client, method, url, row, untouched=before).status_code == 404
            assert is_sent_to_sign_in(ask(anonymous, method, url, row, untouched=before))


@pytest.mark.parametrize("name", OF_AN_OBJECT)
def test_another_workspaces_object_is_not_found_in_ones_own(name: str, cast: Cast) -> None:
    row = ROWS[name]
    url = address(name, cast.northwind, made(row, cast.acme))
    client = client_of(cast.alice)
    have_just_visited()
    before = fingerprint()
    for method, needs in methods(row):
        if needs is not None:
            assert ask(client, method, url, row, untouched=before).status_code == 404


@pytest.mark.parametrize("name", OUTSIDE)
def test_pages_outside_of_workspaces(name: str, cast: Cast) -> None:
    row = ROWS[name]
    url = reverse(name, kwargs=made(row, cast.acme))
    anonymous, stranger = client_of(None), client_of(cast.stranger)
    for method, needs in methods(row):
        if needs is None:
            assert ask(stranger, method, url, row).status_code == 405
        elif needs is Door.SIGNED_IN:
            assert is_sent_to_sign_in(ask(anonymous, method, url, row))
            assert ask(stranger, method, url, row).status_code not in REFUSED
        else:
            assert ask(anonymous, method, url, row).status_code not in {403, 405, 500}
            assert not is_sent_to_sign_in(ask(anonymous, method, url, row)) or method == "post"


def membership(user: User, workspace: Workspace) -> Membership:
    with system_scope():
        return Membership.objects.select_related("user", "workspace").get(
            user=user, workspace=workspace
        )


def test_a_demotion_takes_effect_on_the_next_request(cast: Cast) -> None:
    client, url = client_of(cast.adam), reverse("members", args=["northwind"])
    assert client.get(url).status_code == 200
    change_role(
        membership(cast.adam, cast.northwind),
        role=Role.VIEWER,
        by=membership(cast.alice, cast.northwind),
        actor=cast.alice,
    )
    assert client.get(url).status_code == 403


def test_a_removal_takes_effect_on_the_next_request(cast: Cast) -> None:
    client, url = client_of(cast.adam), reverse("settings", args=["northwind"])
    assert client.get(url).status_code == 200
    remove(
        membership(cast.adam, cast.northwind),
        by=membership(cast.alice, cast.northwind),
        actor=cast.alice,
    )
    assert client.get(url).status_code == 404


def test_a_closed_account_is_out_on_the_next_request(cast: Cast) -> None:
    client, url = client_of(cast.adam), reverse("settings", args=["northwind"])
    User.objects.filter(pk=cast.adam.pk).update(is_active=False)
    assert is_sent_to_sign_in(client.get(url))


def test_an_unknown_workspace_and_a_foreign_one_look_alike(cast: Cast) -> None:
    client = client_of(cast.bob)
    pages = []
    for slug in ("northwind", "nowhere99"):
        page = client.get(reverse("settings", args=[slug]), headers={"X-Request-ID": "a" * 8})
        assert page.status_code == 404
        text = page.content.decode().replace(slug, "…")
        pages.append(re.sub(r'[A-Za-z0-9]{64}|nonce="[^"]+"', "", text))
    assert pages[0] == pages[1]
