"""Addresses that no deployment may have, in whatever way they are written.

Loopback and private addresses are not among them: administrators may enter their own machines.
"""

import socket
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from conversations.completions.errors import ForbiddenAddress

FORBIDDEN = [
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # "this host": reaches loopback on Linux under another name
        "169.254.0.0/16",  # link-local: AWS, Azure, Google and most other metadata services
        "168.63.129.16/32",  # Azure's wire server
        "100.100.100.200/32",  # Alibaba's metadata service
        "192.0.0.192/32",  # Oracle's metadata service
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "fd00:ec2::/32",  # AWS's metadata service over IPv6
        "fd20:ce::/32",  # Google's metadata service over IPv6
        "ff00::/8",
    )
]
# Networks whose addresses stand for an IPv4 address: how far from the end its bits are, and whether inverted.
DISGUISES = [
    (IPv6Network("::ffff:0:0/96"), 0, False),  # IPv4-mapped
    (IPv6Network("::ffff:0:0:0/96"), 0, False),  # IPv4-translated (SIIT)
    (IPv6Network("64:ff9b::/96"), 0, False),  # NAT64
    (IPv6Network("64:ff9b:1::/48"), 0, False),  # NAT64 with a local prefix, as /96
    (IPv6Network("2002::/16"), 80, False),  # 6to4
    (IPv6Network("2001::/32"), 0, True),  # Teredo
    (IPv6Network("::/96"), 0, False),  # IPv4-compatible, deprecated; :: and ::1 come out as themselves below
]


@dataclass(frozen=True)
class Reach:
    """How far a request goes that nobody here has set up: to `hosts`, and to all public addresses if `public`."""

    hosts: tuple[str, ...] = ()
    public: bool = False


def listed(host: str, port: int | None, hosts: Collection[str]) -> bool:
    """Is it one of `hosts`, which are names with or without a port?"""
    named = {each.lower() for each in hosts}
    host = host.lower().rstrip(".")
    return bool(host) and (host in named or f"{host}:{port}" in named)


def check_address(text: str, *, public: bool = False) -> None:
    """Raises ForbiddenAddress if `text`, an address, must never be connected to; with `public` if it is not public."""
    address: IPv4Address | IPv6Address = ip_address(text)
    meanings = _meanings(address)
    if any(each in network for each in meanings for network in FORBIDDEN):
        raise ForbiddenAddress(f"{text} is a reserved address that no deployment may have.")
    if public and not all(each.is_global for each in meanings):
        raise ForbiddenAddress(f"{text} is no public address.")


def check_literal(host: str, *, public: bool = False) -> None:
    """The same for a host, if it is an address in one of its spellings and no name.

    inet_aton knows what the system would make of dotted, decimal, octal and hexadecimal forms.
    """
    host = host.strip("[]").rstrip(".")
    try:
        host = socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError):
        if ":" not in host:
            return
    check_address(host, public=public)


def _meanings(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address itself and the IPv4 address it stands for, if it is one in disguise."""
    found = [address]
    if isinstance(address, IPv6Address) and int(address) > 1:
        for network, shift, inverted in DISGUISES:
            if address in network:
                bits = (int(address) >> shift) & 0xFFFF_FFFF
                found.append(IPv4Address(bits ^ 0xFFFF_FFFF if inverted else bits))
    return found
