"""Exposure: where nobody has to say who they are: what is given to anyone who asks, and believed of anyone who answers.

Between processes of one machine that is usual, and the log says so. Beyond it a process starts only with `--insecure`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.process.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exposure:
    """One address at which nobody has to say who they are.

    Attributes:
        option: that names the address.
        address: ``host:port``.
        risk: what follows from it, with the address.
        cure: the options that would end it.
    """

    option: str
    address: str
    risk: str
    cure: str

    @classmethod
    def giving(cls, option: str, address: str, cure: str) -> Exposure:
        """Return that of a port that publishes rulesets."""
        return cls(option, address, f"anyone who can reach {address} gets all rulesets", cure)

    @classmethod
    def obeying(cls, option: str, address: str, cure: str) -> Exposure:
        """Return that of a publisher that is believed."""
        return cls(option, address, f"any server that answers at {address} decides what is served", cure)

    @property
    def local(self) -> bool:
        """Whether only processes of this machine can make use of it."""
        return is_loopback(self.address)

    def __str__(self) -> str:
        return f"{self.risk}: set {self.cure}"


def refusal(found: Iterable[Exposure]) -> str:
    """Return why a process with these exposures is not to start, and the two ways out; "" if it may."""
    beyond = next((each for each in found if not each.local), None)
    return "" if beyond is None else f"{beyond.option}: {beyond}, or allow it with --insecure"


def report(found: Iterable[Exposure]) -> None:
    """Log what is exposed: a warning where that goes beyond this machine."""
    for each in found:
        log.log(logging.INFO if each.local else logging.WARNING, "%s", each)
