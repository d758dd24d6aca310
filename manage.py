#!/usr/bin/env python
"""Django's command line, with the embedded servers started around what needs them."""

import os
import sys

# Commands that read code and files only. Everything else gets the servers.
WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "messages",
    "spectacular",
    "startapp",
    "version",
}


def needs_servers(arguments: list[str]) -> bool:
    """Whether this command line touches the database or the broker."""
    if not arguments or arguments[0].startswith("-") or {"-h", "--help"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_SERVERS or any(
        argument.startswith("--database") for argument in arguments
    )


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpitracker.settings")
    from kpitracker import embedded  # noqa: PLC0415

    try:
        if sys.argv[1:2] == ["up"]:
            from kpitracker import up  # noqa: PLC0415 - without Django

            sys.exit(up.main(sys.argv[2:]))
        if needs_servers(sys.argv[1:]):
            embedded.ensure_running(say=lambda line: sys.stderr.write(f"{line}\n"))

        from django.core.management import execute_from_command_line  # noqa: PLC0415

        execute_from_command_line(sys.argv)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
