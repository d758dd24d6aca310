"""Creates a workspace and its owner."""

import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email

from accounts.command import ProductCommand
from accounts.models import User, Workspace
from accounts.scope import system_scope
from accounts.welcome import send_welcome
from kpitracker.onboarding import open_workspace


class Command(ProductCommand):
    """create_workspace SLUG --name --owner EMAIL …"""

    help = "Creates a workspace with the whole catalogue, and its owner."

    def add_arguments(self, parser: CommandParser) -> None:
        """The workspace, its calendar and money, its owner."""
        super().add_arguments(parser)
        parser.add_argument("slug", help="The part of the address after /w/.")
        parser.add_argument("--name", help="Shown on every page; the slug when missing.")
        parser.add_argument("--currency", default="EUR", help="A code like EUR.")
        parser.add_argument("--timezone", default="Europe/Paris", help="A name like Europe/Paris.")
        parser.add_argument(
            "--language", default="en", choices=[code for code, _name in settings.LANGUAGES]
        )
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="Read a new owner's password from standard input instead of mailing a link.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates both, or refuses with the reason and creates neither."""
        email = self._email(options["owner"])
        try:
            with system_scope():
                if Workspace.objects.filter(slug=options["slug"]).exists():
                    self.refuse(f"There is a workspace “{options['slug']}” already.")
                owner, is_new = self._owner(email, options)
                workspace = open_workspace(
                    slug=options["slug"],
                    name=options["name"] or options["slug"],
                    currency=options["currency"].upper(),
                    time_zone=options["timezone"],
                    language=options["language"],
                    owner=owner,
                )
                mailed = is_new and not options["password_stdin"]
                if mailed:
                    send_welcome(workspace, user=owner)
        except ValidationError as error:
            self.refuse(" ".join(error.messages))
        self._tell(workspace, owner, is_new=is_new, mailed=mailed)

    def _email(self, text: str) -> str:
        try:
            validate_email(text)
        except ValidationError as error:
            raise CommandError(f"{text} is not an e-mail address.", returncode=2) from error
        return text.lower()

    def _owner(self, email: str, options: dict[str, Any]) -> tuple[User, bool]:
        """The person with this address, made if need be, and whether they are new."""
        known = User.objects.filter(email=email).first()
        if known is not None:
            return known, False
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        if password is not None:
            validate_password(password, User(email=email))
        new = User.objects.create_user(
            email, password, language=options["language"], time_zone=options["timezone"]
        )
        return new, True

    def _tell(self, workspace: Workspace, owner: User, *, is_new: bool, mailed: bool) -> None:
        address = f"{settings.BASE_URL}/w/{workspace.slug}/"
        lines = [f"The workspace {workspace.name} is at {address}"]
        if mailed:
            lines.append(f"A mail to {owner.email} tells how to set a password.")
        self.done(
            {
                "slug": workspace.slug,
                "name": workspace.name,
                "currency": workspace.currency,
                "time_zone": workspace.time_zone,
                "language": workspace.language,
                "owner": owner.email,
                "owner_created": is_new,
                "password_mail": mailed,
                "url": address,
            },
            *lines,
        )
