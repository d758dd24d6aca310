"""Opening a workspace whole: the accounts' part, then the metrics', then the rules."""

from accounts.audit import Actor
from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.workspaces import create_workspace, free_slug
from metrics.setup import install_catalogue
from objectives.alert_rules import install_rules


def open_workspace(
    *,
    name: str,
    owner: User,
    slug: str = "",
    currency: str = "EUR",
    time_zone: str = "Europe/Paris",
    language: str = "en",
    week_start: int = 0,
    fiscal_year_start: int = 1,
    is_demo: bool = False,
    by: Actor = None,
) -> Workspace:
    """A workspace with its owner and the whole catalogue, in one transaction.

    Without ``slug`` its address is made from its name. Raises ValidationError when a value does
    not fit or the slug is taken.
    """
    with system_scope():
        workspace = create_workspace(
            slug=slug or free_slug(name),
            name=name,
            currency=currency,
            time_zone=time_zone,
            language=language,
            owner=owner,
            week_start=week_start,
            fiscal_year_start=fiscal_year_start,
            is_demo=is_demo,
            by=by,
        )
        with workspace_scope(workspace.pk):
            install_catalogue(workspace)
            install_rules(workspace)
    return workspace
