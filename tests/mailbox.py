"""A real SMTP server on loopback, which refuses, hangs up and loses answers when told to."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from pytest_django.fixtures import Settings


def hang_up(server: SMTP) -> None:
    """Ends the connection without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Mailbox:
    """Keeps what arrives; answers as its ``rule`` says."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.rule = "accept"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if self.rule == "unknown":
            return "550 No such user"
        if self.rule == "greylist":
            return "451 Try again later"
        if self.rule == "hang up early":
            hang_up(server)
            await asyncio.sleep(0.05)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.rule == "full":
            return "552 Mailbox full"
        assert isinstance(envelope.content, bytes)
        self.arrived.append(envelope.content)
        if self.rule == "lose the answer":
            hang_up(server)
            await asyncio.sleep(0.05)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """A running SMTP server; Django's settings point at it."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    yield box
    controller.stop()
