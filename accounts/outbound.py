"""The one way out: every request that the product makes of another server goes through here.

An address that a person typed may name a server of our own network. So each request is checked
where it counts, at the address that is really connected to: the name is looked up once, every
address that it has must be allowed, and the connection goes to one of those, with the name kept
for TLS and the Host header. A name that answers differently a moment later changes nothing.

No redirects, no proxies from the environment, no cookies, three seconds to connect and ten in
all, at most a megabyte of answer.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.poolmanager import PoolManager

CONNECT_SECONDS, TOTAL_SECONDS = 3.0, 10.0
LARGEST_ANSWER = 1_000_000
PORTS = frozenset({80, 443, 8443})
LONGEST_ADDRESS = 2_000
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


WORDS: Mapping[str, Promise] = {
    "unreadable": _("This address cannot be read. Copy it whole, from https:// on."),
    "not_https": _("The address has to begin with https://."),
    "user_info": _("The address must not hold a user name or a password."),
    "port": _("The address has to use the port 443, 8443 or 80."),
    "not_public": _("The server is not on the public internet."),
    "unknown_name": _("No server of this name is known."),
    "unreachable": _("The server cannot be reached."),
    "unanswered": _("The server did not answer within ten seconds."),
    "too_large": _("The server’s answer was larger than a megabyte."),
    "broken": _("The connection broke before the server had answered."),
}
"""Why a request was not made or not answered, in words."""


class _Told(Exception):
    """An error with a code of WORDS; as text it is the sentence in the active language."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(WORDS[self.code])


class Refused(_Told):
    """The request was not made: its address is none that the product may ask."""


class Unanswered(_Told):
    """No answer came, or not in time; whether the request arrived is not known."""


@dataclass(frozen=True)
class Answer:
    """What another server said: the status and the beginning of its body."""

    status: int
    body: bytes


def is_allowed(address: Address) -> bool:
    """Whether the product may connect to an address: public ones, and those the operator allows.

    Addresses that carry another one inside (IPv4-mapped, 6to4, NAT64, Teredo) are unwrapped first.
    """
    if any(address in network for network in settings.OUTBOUND_ALLOW_CIDRS):
        return True
    inner = _inside(address)
    if inner is not None:
        return is_allowed(inner)
    if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def _inside(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one carries."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def checked(url: str) -> str:
    """The address as it may be asked. Raises Refused, with a sentence, for one that may not.

    What the name stands for is only known when it is connected to, and checked then.
    """
    if len(url) > LONGEST_ADDRESS or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise Refused("unreadable")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused("unreadable") from error
    allowed = {"https", "http"} if settings.OUTBOUND_ALLOW_HTTP else {"https"}
    if parts.scheme not in allowed:
        raise Refused("not_https")
    if parts.username is not None or parts.password is not None:
        raise Refused("user_info")
    if not parts.hostname:
        raise Refused("unreadable")
    usual = port is None or port in PORTS
    if not usual and not settings.OUTBOUND_ALLOW_CIDRS:
        raise Refused("port")
    return url


def _resolved(host: str, port: int) -> list[tuple[socket.AddressFamily, Any]]:
    """Every address of a name, each of them allowed, so that none can be slipped in between."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unanswered("unknown_name") from error
    places: list[tuple[socket.AddressFamily, Any]] = [
        (family, place) for family, _kind, _protocol, _name, place in found
    ]
    for _family, place in places:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if not is_allowed(address) or (
            port not in PORTS and not any(address in one for one in settings.OUTBOUND_ALLOW_CIDRS)
        ):
            raise Refused("not_public")
    return places


def _connect(host: str, port: int) -> socket.socket:
    last: OSError | None = None
    for family, place in _resolved(host, port):
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect(place)
        except OSError as error:
            connection.close()
            last = error
        else:
            return connection
    raise Unanswered("unreachable") from last


class _Bounded:
    """A connection that is cut when its ten seconds are over, however slowly it drips."""

    _alarm: threading.Timer | None = None

    def _new_conn(self) -> socket.socket:
        host, port = self._dns_host, self.port  # type: ignore[attr-defined]
        connection = _connect(host, port)
        self._alarm = threading.Timer(TOTAL_SECONDS, _cut, [connection])
        self._alarm.daemon = True
        self._alarm.start()
        return connection

    def close(self) -> None:
        """Closes it, and its alarm with it."""
        if self._alarm is not None:
            self._alarm.cancel()
        super().close()  # type: ignore[misc]


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Connection(_Bounded, HTTPConnection):
    pass


class _TlsConnection(_Bounded, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _Adapter(HTTPAdapter):
    """Connections that are checked where they are made; no second try on the sly."""

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **more: Any
    ) -> None:
        """Pools of the checked connections."""
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, **more)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Adapter(max_retries=0))
    session.mount("http://", _Adapter(max_retries=0))
    return session


def ask(
    url: str,
    *,
    method: str = "POST",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Makes one request and returns what was answered, whatever its status.

    Raises Refused for an address that may not be asked, Unanswered when no whole answer came
    within ten seconds or it is larger than a megabyte.
    """
    address = checked(url)
    began = time.monotonic()
    with _session() as session:
        try:
            response = session.request(
                method,
                address,
                data=body,
                headers={"User-Agent": "kpitracker", "Accept-Encoding": "identity"}
                | dict(headers or {}),
                timeout=(CONNECT_SECONDS, TOTAL_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            answer = Answer(response.status_code, _read(response))
        except requests.exceptions.InvalidURL as error:
            raise Refused("unreadable") from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            late = time.monotonic() - began >= TOTAL_SECONDS
            timed_out = isinstance(error, requests.Timeout)
            raise Unanswered("unanswered" if late or timed_out else "broken") from error
    if time.monotonic() - began >= TOTAL_SECONDS:
        # What was cut off in its headers looks like an answer without a body.
        raise Unanswered("unanswered")
    return answer


def _read(response: requests.Response) -> bytes:
    found = bytearray()
    while piece := response.raw.read1(16_384, decode_content=False):
        found += piece
        if len(found) > LARGEST_ANSWER:
            raise Unanswered("too_large")
    return bytes(found)
