"""A real HTTP server on loopback in the place of a chat: keeps what arrives, answers as told."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django.fixtures import Settings


@dataclass
class Call:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class ChatServer:
    """``status`` and ``answer`` are what it says; ``rule`` is a way to misbehave."""

    address: str = ""
    status: int = 200
    answer: bytes = b"ok"
    rule: str = ""
    calls: list[Call] = field(default_factory=list)


def handler_of(server: ChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            server.calls.append(Call(self.path, dict(self.headers.items()), body))
            if server.rule == "hang up":
                self.close_connection = True
                return
            if server.rule == "drip headers":
                self.drip(b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n")
                return
            self.send_response(server.status)
            if server.rule == "redirect":
                self.send_header("Location", f"{server.address}/elsewhere")
            if server.rule == "drip":
                self.send_header("Content-Length", "100000")
                self.end_headers()
                self.drip(b"", b"x")
                return
            self.send_header("Content-Length", str(len(server.answer)))
            self.end_headers()
            self.wfile.write(server.answer)

        def drip(self, first: bytes, again: bytes) -> None:
            try:
                self.wfile.write(first)
                for _time in range(100):
                    self.wfile.write(again)
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Handler


@pytest.fixture
def chat_server(settings: Settings) -> Iterator[ChatServer]:
    """A running server, which the product is allowed to ask without TLS."""
    settings.OUTBOUND_ALLOW_CIDRS = [ip_network("127.0.0.0/8")]
    settings.OUTBOUND_ALLOW_HTTP = True
    server = ChatServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(server))
    server.address = f"http://127.0.0.1:{http.server_address[1]}"
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield server
    http.shutdown()
    http.server_close()
    thread.join()
