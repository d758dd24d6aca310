"""The one way out: which servers may be asked, and how long the product waits for them."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts import outbound
from accounts.outbound import Refused, Unanswered, ask, checked, is_allowed
from tests.chat_server import ChatServer


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
        "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused(address: str) -> None:
    assert not is_allowed(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(ip_address(address))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("ftp://example.com/", "not_https"),
        ("jar:https://example.com!/", "not_https"),
        ("gopher://example.com/", "not_https"),
        ("https://me:secret@example.com/", "user_info"),
        ("https://example.com:22/", "port"),
        ("https://example.com:99999/", "unreadable"),
        ("https:///path", "unreadable"),
        ("https://exa mple.com/", "unreadable"),
        ("https://example.com/\r\nHost: inside", "unreadable"),
        ("https://example.com/" + "x" * 2000, "unreadable"),
    ],
)
def test_an_address_that_is_not_a_plain_https_one_is_refused(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(url)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.1", "127.1", "[::1]",
     "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "0.0.0.0", "0"],
)  # fmt: skip
def test_every_way_to_write_an_address_inside_is_refused(host: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(f"https://{host}/")
    assert refused.value.code == "not_public"


def test_a_name_that_answers_differently_a_moment_later_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    plain = socket.getaddrinfo

    def flipping(host: str, port: int, *args: Any, **given: Any) -> Any:
        asked.append(host)
        known = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return plain(known, port, *args, **given)

    connected: list[Any] = []
    monkeypatch.setattr(socket, "getaddrinfo", flipping)
    monkeypatch.setattr(socket.socket, "connect", lambda _self, place: connected.append(place))
    with pytest.raises(Unanswered):
        ask("https://rebinding.example/")
    assert asked == ["rebinding.example"]
    assert [place[0] for place in connected] == ["93.184.216.34"]


def test_one_address_inside_among_public_ones_is_enough_to_refuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    found = [(*place, ("93.184.216.34", 443)), (*place, ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_given: found)
    with pytest.raises(Refused):
        ask("https://both.example/")


def test_an_allowed_network_can_be_asked(chat_server: ChatServer) -> None:
    answer = ask(f"{chat_server.address}/hook", body=b"hello")
    assert (answer.status, answer.body) == (200, b"ok")
    assert chat_server.calls[0].body == b"hello"


def test_redirects_are_not_followed(chat_server: ChatServer) -> None:
    chat_server.status, chat_server.rule = 302, "redirect"
    assert ask(f"{chat_server.address}/hook").status == 302
    assert [call.path for call in chat_server.calls] == ["/hook"]


def test_proxies_of_the_environment_are_not_used(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask(f"{chat_server.address}/hook").status == 200


@pytest.mark.parametrize("rule", ["drip", "drip headers"])
def test_a_server_that_drips_is_left(
    rule: str, chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.3)
    chat_server.rule = rule
    with pytest.raises(Unanswered) as left:
        ask(f"{chat_server.address}/hook")
    assert left.value.code == "unanswered"


def test_a_server_that_hangs_up_has_not_answered(chat_server: ChatServer) -> None:
    chat_server.rule = "hang up"
    with pytest.raises(Unanswered) as broken:
        ask(f"{chat_server.address}/hook")
    assert broken.value.code == "broken"


def test_an_answer_that_never_ends_is_left(
    chat_server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "LARGEST_ANSWER", 1000)
    chat_server.answer = b"x" * 1001
    with pytest.raises(Unanswered) as left:
        ask(f"{chat_server.address}/hook")
    assert left.value.code == "too_large"


def test_an_unused_port_is_unreachable(settings: Settings, chat_server: ChatServer) -> None:
    with pytest.raises(Unanswered) as away:
        ask("http://127.0.0.1:9/")
    assert away.value.code == "unreachable"
