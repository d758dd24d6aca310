"""The cast of the tests: two workspaces, their people, and a stranger.

alice owns Northwind, adam administers it, erin edits, carl contributes, vera looks on; bob owns
Acme (French) only; the stranger belongs nowhere.
"""

from dataclasses import dataclass

from django.test import Client

from accounts.models import Membership, Role, User, Workspace
from accounts.scope import system_scope
from metrics.setup import install_catalogue

PASSWORD = "correct horse battery staple"


@dataclass
class Cast:
    """Everybody and both workspaces."""

    northwind: Workspace
    acme: Workspace
    alice: User
    adam: User
    erin: User
    carl: User
    vera: User
    bob: User
    stranger: User


def person(name: str, **fields: object) -> User:
    """A person who can sign in with PASSWORD (hashed cheaply: tests' settings)."""
    return User.objects.create_user(
        f"{name.lower()}@example.com", PASSWORD, name=f"{name} Example", **fields
    )


def join(user: User, workspace: Workspace, role: str) -> Membership:
    """Makes the person a member."""
    return Membership.objects.create(workspace=workspace, user=user, role=role)


def build_cast() -> Cast:
    """Creates the cast in the database."""
    with system_scope():
        northwind = Workspace.objects.create(
            slug="northwind", name="Northwind", currency="EUR", time_zone="Europe/Paris"
        )
        acme = Workspace.objects.create(
            slug="acme", name="Acmé", currency="EUR", time_zone="Europe/Paris", language="fr"
        )
        people = {
            name: person(name) for name in ("Alice", "Adam", "Erin", "Carl", "Vera", "Stranger")
        }
        bob = person("Bob", language="fr")
        for name, role in (
            ("Alice", Role.OWNER),
            ("Adam", Role.ADMIN),
            ("Erin", Role.EDITOR),
            ("Carl", Role.CONTRIBUTOR),
            ("Vera", Role.VIEWER),
        ):
            join(people[name], northwind, role)
        join(bob, acme, Role.OWNER)
        for workspace in (northwind, acme):
            install_catalogue(workspace)
    return Cast(
        northwind=northwind,
        acme=acme,
        bob=bob,
        **{name.lower(): user for name, user in people.items()},
    )


def client_of(user: User | None) -> Client:
    """A browser in which this person is signed in; nobody for None."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="accounts.backends.PasswordBackend")
    return client
