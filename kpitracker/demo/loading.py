"""Loading the demo: people, workspaces, figures, objectives, and the last weeks of results."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import Membership, Role, User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.workspaces import change_settings
from kpitracker.demo.facts import write_story
from kpitracker.demo.objectives import write_objectives
from kpitracker.demo.story import Story
from kpitracker.ledger import record_night
from kpitracker.nightly import run_night
from kpitracker.onboarding import open_workspace
from metrics import refreshing
from objectives import evaluation

PASSWORD = "northwind-demo-2026"  # noqa: S105  (shown on the terminal: a demo's)
HISTORY_DAYS = 28
CYCLE = {"days_to_lead": 3, "days_to_mql": 7, "days_to_sql": 21, "days_to_customer": 30}
"""How long the stages of everybody's sales cycle take."""
OWNER = ("marie@demo.example", "Marie Dupont")
TEAM = (
    ("adam@demo.example", "Adam Reed", Role.ADMIN),
    ("julie@demo.example", "Julie Roux", Role.EDITOR),
    ("paul@demo.example", "Paul Lemaire", Role.CONTRIBUTOR),
    ("vera@demo.example", "Vera Novak", Role.VIEWER),
)


@dataclass(frozen=True)
class Company:
    """A workspace of the demo."""

    slug: str
    name: str
    language: str
    size: float


COMPANIES = (
    Company("northwind", "Northwind", "en", 1.0),
    Company("atelier-lumen", "Atelier Lumen", "fr", 0.6),
)


def company(number: int) -> Company:
    """The first two have a name; an agency's further clients are numbered."""
    if number < len(COMPANIES):
        return COMPANIES[number]
    language = ("en", "fr")[number % 2]
    return Company(
        f"client-{number + 1:03}", f"Client {number + 1:03}", language, 0.4 + number % 7 / 5
    )


def owner() -> User:
    """The demo's person who owns every demo workspace; staff, so that the administration opens."""
    with system_scope():
        known = User.objects.filter(email=OWNER[0]).first()
        return known or User.objects.create_user(
            OWNER[0],
            PASSWORD,
            name=OWNER[1],
            language="en",
            time_zone="Europe/Paris",
            is_staff=True,
        )


def load_workspace(
    chosen: Company, *, user: User, until: date, years: int, now: datetime
) -> Workspace | None:
    """One demo workspace, whole or not at all; None when it is there already."""
    with system_scope():
        if Workspace.objects.filter(slug=chosen.slug).exists():
            return None
        workspace = open_workspace(
            name=chosen.name,
            slug=chosen.slug,
            owner=user,
            language=chosen.language,
            is_demo=True,
        )
        workspace = change_settings(
            workspace, version=workspace.version, values=dict(CYCLE), by=user
        )
        _invite_team(workspace)
        with workspace_scope(workspace.pk):
            story = Story(chosen.slug, until, years, chosen.size)
            write_story(workspace, story, user=user, now=now)
            refreshing.refresh(workspace, today=until + timedelta(days=1), now=now)
            write_objectives(workspace, until=until, owner=user, now=now)
            _replay(workspace, until=until, now=now)
    return workspace


def _invite_team(workspace: Workspace) -> None:
    for email, name, role in TEAM:
        member = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, name=name, language=workspace.language, time_zone="Europe/Paris"
        )
        Membership.objects.create(workspace=workspace, user=member, role=role, digest_on=False)


def _replay(workspace: Workspace, *, until: date, now: datetime) -> None:
    """The results of the last weeks, day by day, and the whole night of the last."""
    today = until + timedelta(days=1)
    for back in range(HISTORY_DAYS, 0, -1):
        evaluation.evaluate(workspace, day=today - timedelta(days=back), now=now)
    report = run_night(workspace, day=today, now=now)
    record_night(workspace, day=today, result=report.as_json(), now=now)
