"""The records of agreements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.agreement import AgreementState


class AgreementKind(StrEnum):
    """What is agreed on. The numbers of each kind are its own (`storage.numbers`)."""

    ACTION = "action"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who takes a step: a person, their pseudonym (`bot.signer.Signer.pseudonym`) and for which city, or empty."""

    person_id: int | None
    actor: str
    city: str


BY_ITSELF = Signatory(None, "", "")
"""What follows from something else that has happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRecord:
    """What the history of an agreement amounts to, as stored; see `bot.agreement.Agreement`.

    `entries`, `digest`: the length of the history, and its last digest. `changed_at`: the last step. `agreed_at`: since
    when the version in force is. `closed_at`: since when it is withdrawn, superseded or done.
    """

    id: int
    dialogue_id: int
    kind: AgreementKind
    number: int
    state: AgreementState
    version: int
    in_force: int | None
    entries: int
    digest: str
    changed_at: datetime
    agreed_at: datetime | None
    closed_at: datetime | None

    @property
    def check_number(self) -> str:
        """Eight characters by which people compare what they see; they change with every step."""
        return self.digest[:8]

    @property
    def effective_version(self) -> int:
        """The version that counts: the one in force or, as long as there is none, the present one."""
        return self.version if self.in_force is None else self.in_force

    @property
    def is_pending(self) -> bool:
        """Whether cities still have to agree to the present version."""
        return self.state in PENDING

    @property
    def current_version(self) -> int:
        """The version that cities have to agree to or, if they have none to, the one that counts."""
        return self.version if self.is_pending else self.effective_version

    @property
    def is_open(self) -> bool:
        """Whether it is proposed, objected to or agreed, but not done."""
        return self.state in OPEN


PENDING = (AgreementState.PROPOSED, AgreementState.OBJECTED)
OPEN = (*PENDING, AgreementState.AGREED)
