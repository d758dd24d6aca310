"""Whom PostgreSQL runs as: it refuses to be root, so root steps down to somebody else first.

Three ways, tried in this order by asking a real child process whether it can reach what it needs:

1. as we are (an ordinary user with an entry in the password database);
2. a user namespace that shows our own user under another number: nothing on disk changes hands;
3. where namespaces are forbidden (containers, a chroot), an unprivileged user of this machine, if
   need be with the one capability that lets it walk through a parent directory closed to it.

Everything here runs in a forked child, before ``exec``: plain system calls only.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 4
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class NoIdentity(Exception):
    """Nobody was found who may run PostgreSQL here; the message names the remedy."""


@dataclass(frozen=True)
class Identity:
    """A user and group to become, and how.

    ``owner`` and ``group`` are who must own the data on disk.
    """

    owner: int
    group: int
    shown_as: tuple[int, int] | None = None
    capability: int | None = None

    def enter(self) -> None:
        """Become this identity.

        Called in the forked child; raises ``OSError`` where the kernel says no.
        """
        if self.shown_as is not None:
            _enter_namespace(*self.shown_as)
        elif os.getuid() != self.owner:
            _become(self.owner, self.group, self.capability)


def die_with_parent(signum: signal.Signals) -> None:
    """Ask the kernel to send ``signum`` to this process when the thread that forked it ends.

    A change of user clears the request, so it comes after `Identity.enter`.
    """
    _prctl(PR_SET_PDEATHSIG, int(signum))


def find_identity(*, program: Path, directory: Path) -> Identity:
    """The first identity that can run ``program`` and reach ``directory``.

    Raises:
        NoIdentity: with a sentence that says what to do.
    """
    for identity in _candidates(directory):
        if _works(identity, program=program, directory=directory):
            return identity
    if os.getuid() == 0:
        raise NoIdentity(
            "PostgreSQL does not run as root, and no other user of this machine can reach "
            f"{directory} and {program}. Run the command as an ordinary user, or move the project "
            "and DATA_DIR to a place that every user can reach, such as /srv, or set DATABASE_URL "
            "to a PostgreSQL server of your own."
        )
    raise NoIdentity(
        f"User number {os.getuid()} cannot run {program} on {directory}, or has no entry in the "
        "password database. Run the command as a user that /etc/passwd knows and that owns "
        "DATA_DIR, or set DATABASE_URL to a PostgreSQL server of your own."
    )


def _candidates(directory: Path) -> Iterator[Identity]:
    uid, gid = os.getuid(), os.getgid()
    known = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    if uid in known:
        yield Identity(uid, gid)
    others = _unprivileged_users(known, directory)
    for entry in others[:1]:
        yield Identity(uid, gid, shown_as=(entry.pw_uid, entry.pw_gid))
    if uid == 0 and _has(CAP_DAC_OVERRIDE):  # or the keeper could not enter the data it gave away
        for capability in (None, CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
            for entry in others[:3]:
                yield Identity(entry.pw_uid, entry.pw_gid, capability=capability)


def _unprivileged_users(
    known: dict[int, pwd.struct_passwd], directory: Path
) -> list[pwd.struct_passwd]:
    """Users to step down to: who owns the data, then who is made for it, then anybody."""
    by_name = {entry.pw_name: entry for entry in known.values()}
    wanted = [
        known.get(directory.stat().st_uid),
        by_name.get("postgres"),
        by_name.get("nobody"),
        *known.values(),
    ]
    return list({entry.pw_uid: entry for entry in wanted if entry is not None}.values())


def _works(identity: Identity, *, program: Path, directory: Path) -> bool:
    """Whether a child that entered ``identity`` can walk into the directory and run the program."""
    child = os.fork()
    if child == 0:
        try:
            identity.enter()
            os.stat(f"{directory}/.")  # with the dot, it takes the right to walk into it
            if not os.access(program, os.R_OK | os.X_OK):  # as PostgreSQL asks
                os._exit(1)
            silence = os.open(os.devnull, os.O_RDWR)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            os.execv(program, [str(program), "--version"])  # noqa: S606
        except BaseException:  # noqa: BLE001 - a fork must not return into its parent's stack
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _enter_namespace(uid: int, gid: int) -> None:
    outer_uid, outer_gid = os.getuid(), os.getgid()
    if _libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {outer_uid} 1")
    _write("/proc/self/gid_map", f"{gid} {outer_gid} 1")


def _become(uid: int, gid: int, capability: int | None) -> None:
    if capability is not None:
        # Keeps capabilities over the change of user, and lets access(2) count them afterwards:
        # PostgreSQL asks it about its own program.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability is not None:
        _keep_only(capability)


def _has(capability: int) -> bool:
    """Whether this process may use the capability."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    if _libc.capget(header, data) != 0:
        return False
    return bool(data[0] >> capability & 1)


def _keep_only(capability: int) -> None:
    """Drop every capability but one, and let that one survive ``exec``."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if _libc.prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _write(path: str, text: str) -> None:
    with open(path, "w") as stream:
        stream.write(text)
