"""``migrate`` as the tables' owner: the application's own role may not change tables."""

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as Migrate


class Command(Migrate):
    """Django's migrate on the ``owner`` connection unless ``--database`` says otherwise."""

    def add_arguments(self, parser: CommandParser) -> None:
        """The same arguments, with ``owner`` as the default database."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
