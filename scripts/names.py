"""`python -m scripts.names HOST [NAMES]`: the names and addresses that `make run` lets the server answer to.

Prints one a line: those of NAMES (separated by spaces or commas), those of HOST itself, then those of the settings,
which they take the place of. Ends with 2 and a message where HOST is no address of this computer, or one of NAMES is no
name of a computer.
"""

import ipaddress
import re
import socket
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

_EVERYWHERE = ("0.0.0.0", "::")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST = 253  # characters of a name, by RFC 1035


class WrongName(ValueError):
    """What was given is no name or no address; the message says what is expected."""


def main(arguments: Sequence[str]) -> int:
    """Print the names. Returns the exit code."""
    host, names = (*arguments, "", "")[:2]
    try:
        named = [name(text) for text in re.split(r"[\s,]+", names) if text]
        found = dict.fromkeys([*named, *addresses(host), *_always()])
    except WrongName as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(found))
    return 0


def name(text: str) -> str:
    """A name or an address of a computer in the form in which browsers send it. Raises WrongName."""
    if _address(text) is not None:
        return str(_address(text))
    wrong = WrongName(
        f"NAMES holds {text[:80]!r}, which is no name of a computer. Expected names or addresses such as "
        "lab.example.org or 192.168.1.20, without http:// and without a port, separated by spaces or commas."
    )
    try:
        ascii_text = text.rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise wrong from error
    labels = ascii_text.split(".")
    # A last part of digits is an address with a mistake in it: no name ends so.
    if len(ascii_text) > _LONGEST or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise wrong
    return ascii_text


def addresses(host: str) -> Iterator[str]:
    """The addresses under which the server is reached where it listens at `host`. Raises WrongName."""
    if host in _EVERYWHERE:
        yield from _own(with_6=":" in host)
        return
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
            bound = str(probe.getsockname()[0])
    except (OSError, UnicodeError) as error:
        raise WrongName(
            f"HOST={host} is no address of this computer. Expected 0.0.0.0 (all of its addresses), or one of "
            f"{', '.join(_own(with_6=True))}."
        ) from error
    if ipaddress.ip_address(bound).is_loopback and _address(host) is None and host != "localhost":
        raise WrongName(
            f"HOST={host} means {bound} here, which only this computer can reach. Write HOST=0.0.0.0 NAMES={host}."
        )
    yield from dict.fromkeys([name(host), bound])


def _always() -> list[str]:
    settings = tomllib.loads(Path(".streamlit/config.toml").read_text(encoding="utf-8"))
    return list(settings["server"]["allowedHosts"])


def _own(with_6: bool) -> list[str]:
    """The addresses of this computer in its networks, those of IPv4 first."""
    found = [_address(each.address) for group in psutil.net_if_addrs().values() for each in group]
    outer = [one for one in found if one is not None and not one.is_loopback and not one.is_link_local]
    return [str(one) for one in sorted(outer, key=lambda one: one.version) if with_6 or one.version == 4]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
