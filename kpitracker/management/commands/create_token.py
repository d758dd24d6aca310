"""Creates an API token and prints its secret, once."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.access import Right, allows, membership_in
from accounts.command import ProductCommand
from accounts.models import ApiToken, User
from accounts.tokens import create_token


class Command(ProductCommand):
    """create_token --workspace SLUG --user EMAIL --scope read|write --name NAME"""

    help = "Creates an API token of a member. Its secret is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose token, where, and what it may do."""
        super().add_arguments(parser)
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--user", required=True, metavar="EMAIL")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.READ)
        parser.add_argument("--name", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates the token, or refuses: it is never worth more than its member's role."""
        workspace = self.workspace(options["workspace"])
        user = User.objects.filter(email=options["user"].lower()).first()
        membership = membership_in(user, workspace.slug) if user else None
        if user is None or membership is None:
            self.refuse(f"{options['user']} is not a member of {workspace.slug}.")
        if options["scope"] == ApiToken.Scope.WRITE and not allows(membership.role, Right.ENTER):
            self.refuse(f"{options['user']} may only read in {workspace.slug}.")
        token, secret = create_token(
            workspace, user=user, name=options["name"][:80], scope=options["scope"]
        )
        self.done(
            {
                "token": secret,
                "prefix": token.prefix,
                "workspace": workspace.slug,
                "user": user.email,
                "scope": token.scope,
                "expires_at": token.expires_at,
            },
            secret,
        )
