"""The net below the access rules: PostgreSQL itself keeps workspaces apart."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from accounts.models import Membership, Workspace
from accounts.scope import narrow_to, system_scope, workspace_scope, workspaces_scope
from reports.models import DigestIssue
from tests.cast import Cast

TENANT_TABLES = """
select c.relname, c.relrowsecurity and c.relforcerowsecurity
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
order by 1
"""
LONE_REFERENCES = """
with tenant as (
    select attrelid as oid, attnum from pg_attribute
    where attname = 'workspace_id' and not attisdropped
), keys as (
    select k.conrelid, k.confrelid, k.conkey, source.attnum as tenant_column
    from pg_constraint k
    join tenant source on source.oid = k.conrelid
    join tenant target on target.oid = k.confrelid
    where k.contype = 'f'
)
select lone.conrelid::regclass::text, a.attname
from keys lone
join pg_attribute a on a.attrelid = lone.conrelid and a.attnum = lone.conkey[1]
where cardinality(lone.conkey) = 1
and not exists (
    select 1 from keys both_columns
    where both_columns.conrelid = lone.conrelid
    and both_columns.confrelid = lone.confrelid
    and both_columns.conkey @> array[lone.tenant_column, lone.conkey[1]]
)
order by 1, 2
"""


def rows(sql: str) -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def tenant_tables() -> list[str]:
    return [name for name, _secured in rows(TENANT_TABLES)]


@pytest.mark.django_db
def test_every_table_of_a_workspace_is_secured_even_for_its_owner() -> None:
    secured = dict(rows(TENANT_TABLES))
    assert "accounts_membership" in secured
    assert [name for name, is_secured in secured.items() if not is_secured] == []


@pytest.mark.django_db
def test_a_view_shows_what_its_reader_may_see() -> None:
    views = dict(
        rows(
            "select relname, coalesce(reloptions, '{}') from pg_class "
            "where relkind = 'v' and relnamespace = 'public'::regnamespace"
        )
    )
    assert "metrics_restatement" in views
    assert all("security_invoker=true" in options for options in views.values())


@pytest.mark.django_db
def test_the_application_cannot_bypass_row_security() -> None:
    [(is_superuser, bypasses)] = rows(
        "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
    )
    assert (is_superuser, bypasses) == (False, False)


def test_without_a_scope_nothing_is_seen(cast: Cast) -> None:
    for table in [*tenant_tables(), "accounts_workspace"]:
        assert rows(f'select count(*)::text, 0 from "{table}"') == [("0", 0)], table


def test_in_a_scope_only_its_workspace_is_seen(cast: Cast) -> None:
    with workspace_scope(cast.acme.pk):
        for table in tenant_tables():
            seen = rows(f'select distinct workspace_id, 0 from "{table}"')
            assert {workspace for workspace, _zero in seen} <= {cast.acme.pk}, table
        assert [each.slug for each in Workspace.objects.all()] == ["acme"]


def test_a_scope_ends(cast: Cast) -> None:
    with workspaces_scope([cast.acme.pk, cast.northwind.pk]):
        assert Workspace.objects.count() == 2
        with workspace_scope(cast.acme.pk):
            assert Workspace.objects.count() == 1
        assert Workspace.objects.count() == 2
    assert Workspace.objects.count() == 0


def test_a_scope_can_be_narrowed_for_the_rest_of_it(cast: Cast) -> None:
    with workspace_scope(cast.acme.pk):
        with system_scope():
            assert Workspace.objects.count() == 2
            narrow_to(cast.northwind.pk)
            assert [each.slug for each in Workspace.objects.all()] == ["northwind"]
            with workspace_scope(cast.acme.pk):
                assert [each.slug for each in Workspace.objects.all()] == ["acme"]
            assert [each.slug for each in Workspace.objects.all()] == ["northwind"]
        assert [each.slug for each in Workspace.objects.all()] == ["acme"]
    assert Workspace.objects.count() == 0


def test_a_row_cannot_be_written_into_another_workspace(cast: Cast) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        workspace_scope(cast.northwind.pk),
    ):
        Membership.objects.create(workspace=cast.acme, user=cast.alice, role="owner")


@pytest.mark.django_db
def test_references_between_tables_of_workspaces_carry_the_workspace() -> None:
    assert rows(LONE_REFERENCES) == []


GUARDED = """
select t.tgrelid::regclass::text, a.attname
from pg_trigger t
join pg_attribute a on a.attrelid = t.tgrelid and a.attname like '%\\_id' and a.attnum > 0
join pg_proc p on p.oid = t.tgfoid
where t.tgnewtable = 'written' and p.proname = t.tgrelid::regclass::text || '_references'
and position(quote_literal(a.attname) in p.prosrc) > 0
group by 1, 2 having count(*) = 2 order by 1, 2
"""
"""Columns whose references are checked statement by statement, after inserts and after updates."""


@pytest.mark.django_db
def test_facts_point_into_their_workspace_without_foreign_keys() -> None:
    guarded = rows(GUARDED)
    for table in ("metrics_fact", "metrics_factchange", "metrics_restatedrun"):
        assert (table, "workspace_id") in guarded
        assert (table, "batch_id") in guarded
    facts = {column for table, column in guarded if table == "metrics_fact"}
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, "metrics_fact")
    assert facts == {one.name for one in description if one.name.endswith("_id")}


def point_across(cast: Cast) -> None:
    """A digest of Acme's for a member of Northwind."""
    with system_scope(), connection.cursor() as cursor:
        member = Membership.objects.get(user=cast.alice)
        DigestIssue.objects.create(
            workspace=cast.acme, membership=member, period_key="2026-W10", state="made"
        )
        cursor.execute("set constraints all immediate")


def test_a_row_cannot_point_at_another_workspaces_row(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="tenant"):
        point_across(cast)
