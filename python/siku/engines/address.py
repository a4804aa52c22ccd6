"""Whether somebody answers at a cluster's address: engines wait for minutes, without a word."""

import re
import socket
from collections.abc import Iterator

from .._errors import Io

#: Seconds that a host may take to take a connection.
PATIENCE = 10
_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):(\d{1,5})")


def _places(address: str) -> Iterator[tuple[str, int]]:
    """Host and port of each that ``HOST:PORT``, ``ray://HOST:PORT``, ``spark://HOST:PORT,HOST:PORT``
    or ``k8s://https://HOST:PORT`` names; nothing of ``auto``, ``local[2]`` or ``yarn``."""
    for one in address.rpartition("://")[2].split(","):
        if place := _PLACE.fullmatch(one):
            yield place[1] or place[2], int(place[3])


def check_address(address: str | None) -> None:
    """:class:`siku.Io` where no host takes a connection."""
    refusals = []
    for host, port in _places(address or ""):
        try:
            socket.create_connection((host, port), timeout=PATIENCE).close()
            return
        except (OSError, OverflowError) as error:
            refusals.append(f"{host}:{port}: {getattr(error, 'strerror', None) or error}")
    if refusals:
        raise Io(
            "nobody answers at the address of the cluster",
            value="; ".join(refusals),
            place=str(address),
            hint="is the cluster up, and is this its head's port (of Ray 6379, of Spark 7077)?",
        )
