"""Who may open what: one row for each address of the product.

A new page adds one line to ROWS: the route's name, the right that GET and POST need (None where
the method is refused), and, for pages of one object, a function that makes such an object in a
workspace and returns its part of the address. tests/test_authz.py does the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.access import Right
from accounts.models import Invitation, Membership, Workspace
from accounts.tokens import create_token
from metrics.campaign_import import preview_campaigns
from metrics.costs import save_cost
from metrics.definition_checks import OwnDefinition
from metrics.definitions import define
from metrics.entries import save_entry
from metrics.imports.importing import preview
from metrics.imports.parsed import ImportOptions
from metrics.merging import merge_campaigns
from metrics.models import Batch, Campaign, Feed, Metric
from metrics.models.entry import CostCategory
from metrics.recurring_costs import Terms, save_recurring
from objectives.alert_rules import WantedRule, create_rule
from objectives.models import Alert, Objective
from objectives.models.objective import State
from reports.models import Duty


class Door(Enum):
    """What pages outside of a workspace ask for."""

    OPEN = auto()
    SIGNED_IN = auto()


Needs = Right | Door | None
Make = Callable[[Workspace], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address: what GET, POST and PATCH need, how its object is made, what is posted.

    ``patch`` and ``delete`` are the API's, for single resources.
    ``everywhere``: what ``make`` returns is the same in every workspace, like a metric's key.
    """

    get: Needs = None
    post: Needs = None
    make: Make | None = None
    data: dict[str, Any] = field(default_factory=dict)
    everywhere: bool = False
    patch: Needs = None
    delete: Needs = None


# --- Objects in the address: made in a given workspace, inside its scope ------------------------


def a_member(workspace: Workspace) -> dict[str, Any]:
    """A member who is not an owner, else the only one there is."""
    members = Membership.objects.filter(workspace=workspace)
    return {"public_id": (members.exclude(role="owner").first() or members.get()).public_id}


def an_invitation(workspace: Workspace) -> dict[str, Any]:
    """An invitation that waits for an answer."""
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=f"new@{workspace.slug}.example.com",
        token_hash=f"{workspace.pk:064d}",
        expires_at=timezone.now(),
    )
    return {"public_id": invitation.public_id}


def a_token(workspace: Workspace) -> dict[str, Any]:
    """An API token of a member."""
    member = Membership.objects.select_related("user").filter(workspace=workspace)[0]
    token, _secret = create_token(workspace, user=member.user, name="script")
    return {"prefix": token.prefix}


def an_import(workspace: Workspace) -> dict[str, Any]:
    """A file that was read and not yet imported."""
    batch = preview(
        workspace,
        user=None,
        name="visits.csv",
        data=b"date,metric,value\n2026-03-01,sessions,5\n",
        options=ImportOptions(),
        today=date(2026, 3, 9),
    )
    return {"public_id": batch.public_id}


def a_file_of_campaigns(workspace: Workspace) -> dict[str, Any]:
    """A file of campaigns that was read and not yet imported."""
    batch = preview_campaigns(
        workspace, user=None, name="campaigns.csv", data=b"campaign,budget\nSpring,5\n"
    )
    return {"public_id": batch.public_id}


def a_refused_file(workspace: Workspace) -> dict[str, Any]:
    """A file from a folder that could not be read."""
    batch = Batch.objects.create(
        workspace=workspace,
        feed=Feed.objects.filter(workspace=workspace)[0],
        kind=Batch.Kind.FILE,
        state=Batch.State.FAILED,
        is_from_folder=True,
        report={"refusal": "It is empty."},
    )
    return {"public_id": batch.public_id}


def an_entry(workspace: Workspace) -> dict[str, Any]:
    """A value typed for a day."""
    entry = save_entry(
        workspace,
        user=None,
        metric=Metric.objects.get(workspace=workspace, key="sessions"),
        start=date(2026, 3, 1),
        end=date(2026, 3, 1),
        value=Decimal(5),
        today=date(2026, 3, 9),
    )
    return {"public_id": entry.public_id}


def a_campaign(workspace: Workspace) -> dict[str, Any]:
    """A campaign that a file named."""
    campaign, _made = Campaign.objects.get_or_create(
        workspace=workspace, key="spring", defaults={"name": "Spring"}
    )
    return {"public_id": campaign.public_id}


def a_merge(workspace: Workspace) -> dict[str, Any]:
    """Two campaigns that became one."""
    source, target = (
        Campaign.objects.get_or_create(workspace=workspace, key=key, defaults={"name": key})[0]
        for key in ("sprnig", "spring")
    )
    merge = merge_campaigns(source, target=target, user=None, now=timezone.now())
    return {"public_id": merge.public_id}


def a_recurring_cost(workspace: Workspace) -> dict[str, Any]:
    """A cost that comes back every month."""
    cost = save_recurring(
        workspace,
        Terms(category="tools", amount=Decimal(10), rhythm="month"),
        user=None,
        start=date(2026, 3, 1),
        last=None,
        today=date(2026, 3, 9),
    )
    return {"public_id": cost.public_id}


def a_cost(workspace: Workspace) -> dict[str, Any]:
    """A line of the cost ledger."""
    cost = save_cost(
        workspace,
        user=None,
        category=CostCategory.values[0],
        amount=Decimal(90),
        start=date(2026, 3, 1),
        end=date(2026, 3, 31),
    )
    return {"public_id": cost.public_id}


def a_feed(workspace: Workspace) -> dict[str, Any]:
    """One of the feeds that every workspace starts with."""
    return {"public_id": Feed.objects.filter(workspace=workspace)[0].public_id}


def a_duty(workspace: Workspace) -> dict[str, Any]:
    """A number that the workspace's owner owes."""
    duty = Duty.objects.create(
        workspace=workspace,
        metric=Metric.objects.get(workspace=workspace, key="leads"),
        membership=Membership.objects.get(workspace=workspace, role="owner"),
    )
    return {"public_id": duty.public_id}


def an_objective(workspace: Workspace) -> dict[str, Any]:
    """A started one that has no figures yet."""
    objective = Objective.objects.create(
        workspace=workspace,
        statement="More visits",
        metric=Metric.objects.get(workspace=workspace, key="sessions"),
        target=1000,
        start=date(2026, 1, 1),
        end=date(2026, 3, 31),
        state=State.ACTIVE,
    )
    return {"public_id": objective.public_id}


def a_step(workspace: Workspace) -> dict[str, Any]:
    """A step of a draft."""
    draft = Objective.objects.create(workspace=workspace, statement="More leads")
    return {"public_id": draft.public_id, "step": "measurable"}


def a_draft(workspace: Workspace) -> dict[str, Any]:
    """One that has not started: it has a status without any night."""
    objective = Objective.objects.create(workspace=workspace, statement="Draft")
    return {"public_id": objective.public_id}


def a_rule(workspace: Workspace) -> dict[str, Any]:
    """A rule of the workspace's own."""
    rule = create_rule(workspace, user=None, wanted=WantedRule(kind="achieved"))
    return {"public_id": rule.public_id}


def an_alert(workspace: Workspace) -> dict[str, Any]:
    """An open alert of the night."""
    alert = Alert.objects.create(
        workspace=workspace,
        kind=Alert.Kind.NIGHT_FAILED,
        cause="night_failed",
        severity=Alert.Severity.RISK,
        evidence={"error": "Boom"},
        opened_on=date(2026, 3, 9),
        updated_on=date(2026, 3, 9),
    )
    return {"public_id": alert.public_id}


def a_metric(workspace: Workspace) -> dict[str, Any]:
    """A metric of the catalogue."""
    return {"key": Metric.objects.filter(workspace=workspace).order_by("key")[0].key}


def an_own_metric(workspace: Workspace) -> dict[str, Any]:
    """A metric that this workspace defined, and no other."""
    key = f"own_rate_of_{workspace.slug}"
    wanted = OwnDefinition(
        formula="leads / sessions", unit="percent", direction="up", name_en=f"Own of {workspace}"
    )
    if not Metric.objects.filter(workspace=workspace, key=key).exists():
        define(workspace, key=key, wanted=wanted, user=None, now=timezone.now())
    return {"key": key}


def unknown_token(workspace: Workspace) -> dict[str, Any]:
    """A token that nothing knows."""
    return {"token": "unknown"}


# --- The table ----------------------------------------------------------------------------------

READ, ENTER, WRITE, MANAGE, OWN = Right
OPEN, SIGNED_IN = Door

ROWS: dict[str, Row] = {
    # accounts, outside of a workspace
    "account_login": Row(OPEN, OPEN),
    "account_logout": Row(OPEN, OPEN),
    "account_signup": Row(OPEN, OPEN),
    "account_inactive": Row(OPEN),
    "account_reauthenticate": Row(SIGNED_IN, SIGNED_IN),
    "account_change_password": Row(SIGNED_IN, SIGNED_IN),
    "account_set_password": Row(SIGNED_IN, SIGNED_IN),
    "account_reset_password": Row(OPEN, OPEN),
    "account_reset_password_done": Row(OPEN),
    "account_reset_password_from_key_done": Row(OPEN),
    "account_reset_password_from_key": Row(
        OPEN, OPEN, make=lambda workspace: {"uidb36": "1", "key": "unknown"}
    ),
    "accept_invitation": Row(OPEN, OPEN, make=unknown_token),
    "mail_preferences": Row(OPEN, OPEN, make=unknown_token),
    "me": Row(SIGNED_IN, SIGNED_IN),
    "sessions_end": Row(None, SIGNED_IN),
    "set_language": Row(None, OPEN),
    # the root
    "home": Row(SIGNED_IN),
    "create_workspace": Row(SIGNED_IN, SIGNED_IN),
    "csp_report": Row(None, OPEN),
    "healthz": Row(OPEN),
    "readyz": Row(OPEN),
    # progress, objectives, alerts
    "progress": Row(READ),
    "first_steps_hide": Row(None, READ),
    "objectives": Row(READ),
    "objective_new": Row(WRITE, WRITE),
    "objective_one_page": Row(WRITE, WRITE),
    "objective_new_trial": Row(WRITE),
    "objective_step": Row(WRITE, WRITE, make=a_step),
    "objective_trial": Row(WRITE, make=an_objective),
    "objective_companion": Row(None, WRITE, make=an_objective),
    "objective_periods": Row(WRITE, WRITE, make=an_objective),
    "objective_packs": Row(WRITE),
    "objective_pack_set_up": Row(WRITE, WRITE),
    "objective_chain": Row(WRITE, WRITE),
    "objective_hint": Row(WRITE),
    "objective": Row(READ, make=an_objective),
    "chances": Row(READ),
    "objective_export": Row(READ, make=an_objective),
    "objective_edit": Row(WRITE, WRITE, make=an_objective),
    "objective_state": Row(None, WRITE, make=an_objective, data={"move": "pause"}),
    "objective_check_in": Row(ENTER, ENTER, make=an_objective, data={"confidence": "on_track"}),
    "objective_comment": Row(None, ENTER, make=an_objective, data={"text": "Well done."}),
    "objective_review": Row(WRITE, WRITE, make=an_objective),
    "objective_duplicate": Row(None, WRITE, make=an_objective),
    "alerts": Row(READ),
    "alert": Row(READ, make=an_alert),
    "alert_act": Row(None, ENTER, make=an_alert, data={"act": "acknowledge"}),
    "alerts_act": Row(None, ENTER, data={"act": "read"}),
    "alert_rules": Row(READ),
    "alert_rules_recommended": Row(WRITE, WRITE, data={"metric": "leads"}),
    "alert_rule_new": Row(WRITE, WRITE, data={"kind": "level"}),
    "alert_rule_preview": Row(WRITE, data={"kind": "level"}),
    "alert_rule_edit": Row(WRITE, WRITE, make=a_rule),
    "alert_rule_act": Row(None, WRITE, make=a_rule, data={"act": "off"}),
    # figures and files
    "metrics": Row(READ),
    "funnel": Row(READ),
    "cohorts": Row(READ),
    "metric": Row(READ, make=a_metric, everywhere=True),
    "definition_new": Row(WRITE, WRITE),
    "definition_edit": Row(WRITE, WRITE, make=an_own_metric),
    "definition_state": Row(None, WRITE, make=an_own_metric, data={"move": "archive"}),
    "rule_edit": Row(WRITE, WRITE, make=an_own_metric),
    "variant_default": Row(None, WRITE, make=an_own_metric),
    "metric_reported": Row(READ, make=an_own_metric),
    "metric_export": Row(READ, make=a_metric, everywhere=True),
    "metric_why": Row(READ, make=a_metric, everywhere=True),
    "metric_why_export": Row(READ, make=a_metric, everywhere=True),
    "metric_lineage": Row(READ, make=a_metric, everywhere=True),
    "metric_feed": Row(None, WRITE, make=a_metric, everywhere=True, data={"feed": ""}),
    "data": Row(READ, ENTER),
    "grid_cell": Row(None, ENTER, data={"cell": "leads.2026-03-01"}),
    "grid_undo": Row(None, ENTER),
    "grid_paste": Row(ENTER, ENTER, data={"text": "5"}),
    "grid_rows": Row(ENTER, ENTER, data={"move": "default"}),
    "entries": Row(READ),
    "entry_new": Row(ENTER, ENTER),
    "entry_edit": Row(ENTER, ENTER, make=an_entry),
    "entry_delete": Row(None, ENTER, make=an_entry),
    "campaigns": Row(READ),
    "campaign": Row(READ, make=a_campaign),
    "campaign_import": Row(WRITE, WRITE),
    "campaign_file": Row(WRITE, make=a_file_of_campaigns),
    "campaign_file_commit": Row(None, WRITE, make=a_file_of_campaigns),
    "campaign_file_cancel": Row(None, WRITE, make=a_file_of_campaigns),
    "campaign_new": Row(WRITE, WRITE),
    "campaign_edit": Row(WRITE, WRITE, make=a_campaign),
    "campaign_keep": Row(None, WRITE, make=a_campaign),
    "campaign_merge": Row(WRITE, WRITE, make=a_campaign),
    "campaign_merge_undo": Row(WRITE, WRITE, make=a_merge),
    "costs": Row(READ),
    "cost_new": Row(ENTER, ENTER),
    "cost_edit": Row(ENTER, ENTER, make=a_cost),
    "cost_delete": Row(None, ENTER, make=a_cost),
    "cost_restore": Row(None, ENTER),
    "recurring_cost": Row(ENTER, ENTER, make=a_recurring_cost),
    "recurring_delete": Row(None, ENTER, make=a_recurring_cost),
    "coverage": Row(READ),
    "owed": Row(READ, WRITE),
    "owed_calendar": Row(READ),
    "owed_remove": Row(None, WRITE, make=a_duty),
    "feeds": Row(READ),
    "feed_edit": Row(WRITE, WRITE, make=a_feed),
    "feed_learn": Row(None, WRITE, make=a_feed),
    "feed_folder": Row(None, WRITE, make=a_feed, data={"on": "0"}),
    "imports": Row(READ),
    "import_new": Row(WRITE, WRITE),
    "import_template": Row(READ, make=lambda workspace: {"layout": "long"}, everywhere=True),
    "import_detail": Row(READ, make=an_import),
    "import_answer": Row(None, WRITE, make=an_import),
    "import_repair": Row(None, WRITE, make=an_import),
    "import_commit": Row(None, WRITE, make=an_import),
    "fact_export": Row(READ),
    "import_undo": Row(None, WRITE, make=an_import),
    "import_cancel": Row(None, WRITE, make=an_import),
    "refused_open": Row(None, WRITE, make=a_refused_file),
    "refused_settle": Row(None, WRITE, make=a_refused_file),
    # the night
    "calculations": Row(READ, WRITE),
    # a workspace's settings
    "settings": Row(READ, MANAGE),
    "notifications": Row(READ, READ),
    "my_channels": Row(READ, READ),
    "channels": Row(MANAGE, MANAGE),
    "leave": Row(None, READ),
    "members": Row(MANAGE),
    "member_role": Row(None, MANAGE, make=a_member, data={"role": "viewer"}),
    "member_remove": Row(None, MANAGE, make=a_member),
    "invite": Row(None, MANAGE),
    "invitation_resend": Row(None, MANAGE, make=an_invitation),
    "invitation_cancel": Row(None, MANAGE, make=an_invitation),
    "tokens": Row(MANAGE, MANAGE),
    "token_revoke": Row(None, MANAGE, make=a_token),
}

API_ROWS: dict[str, Row] = {
    "api_schema": Row(OPEN),
    "api_docs": Row(OPEN),
    "api_unknown": Row(),
    "api_metrics": Row(READ),
    "api_metric_values": Row(
        READ,
        make=a_metric,
        everywhere=True,
        data={"from": "2026-01-01", "to": "2026-03-31"},
    ),
    "api_funnel": Row(READ),
    "api_facts": Row(None, WRITE),
    "api_metric_why": Row(READ, make=a_metric, everywhere=True),
    "api_metric_lineage": Row(READ, make=a_metric, everywhere=True),
    "api_feeds": Row(READ, WRITE),
    "api_feed": Row(READ, make=a_feed, patch=WRITE),
    "api_imports": Row(READ, WRITE),
    "api_import": Row(READ, make=an_import),
    "api_import_undo": Row(None, WRITE, make=an_import),
    "api_campaigns": Row(READ, WRITE),
    "api_campaign": Row(READ, make=a_campaign, patch=WRITE),
    "api_costs": Row(READ, ENTER),
    "api_cost": Row(READ, make=a_cost, patch=ENTER, delete=ENTER),
    "api_recurring_costs": Row(READ, ENTER),
    "api_recurring_cost": Row(READ, make=a_recurring_cost, patch=ENTER, delete=ENTER),
    "api_objectives": Row(READ, WRITE),
    "api_objective": Row(READ, make=an_objective, patch=WRITE),
    "api_objective_status": Row(READ, make=a_draft),
    "api_check_ins": Row(READ, ENTER, make=an_objective),
    "api_objective_periods": Row(READ, WRITE, make=an_objective),
    "api_alerts": Row(READ),
    "api_alert": Row(READ, make=an_alert),
    "api_alert_acknowledge": Row(None, ENTER, make=an_alert),
    "api_alert_snooze": Row(None, ENTER, make=an_alert),
    "api_alert_resolve": Row(None, ENTER, make=an_alert),
    "api_alert_assign": Row(None, ENTER, make=an_alert),
    "api_alert_comment": Row(None, ENTER, make=an_alert),
    "api_alert_accept": Row(None, ENTER, make=an_alert),
    "api_alert_false_alarm": Row(None, ENTER, make=an_alert),
    "api_alert_rules": Row(READ, WRITE),
    "api_alert_rule_replay": Row(None, WRITE),
    "api_alert_rule": Row(READ, make=a_rule, patch=WRITE, delete=WRITE),
}
"""The API's addresses: a token stands for its person; tests/api/test_authz.py asks them."""

ELSEWHERE = ("admin/", "api/", "dev/", "static/")
"""Areas with tests of their own: the administration, the API, pages that only DEBUG has."""


def routes() -> dict[str, str]:
    """The product's routes: name → pattern, those of ELSEWHERE left out."""
    found = dict(_walk(get_resolver().url_patterns, ""))
    return {name: pattern for name, pattern in found.items() if not pattern.startswith(ELSEWHERE)}


def api_routes() -> dict[str, str]:
    """The API's routes: name → pattern."""
    found = dict(_walk(get_resolver().url_patterns, ""))
    return {name: pattern for name, pattern in found.items() if pattern.startswith("api/")}


def _walk(patterns: list[URLPattern | URLResolver] | Any, prefix: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield pattern.name or here, here
