"""What cities agree on: an append-only history chained by hashes, and the state that follows from it (ADR 40).

history = append((), Step.PROPOSED, at=now, actor=anna, city="Köln", content={"text": "Plant trees"})
history = append(history, Step.CONFIRMED, at=now, actor=tom, city="Leeds")
outcome(history).confirmed  # {"Leeds": tom}
verify(history)  # None, or the first HistoryFault
"""

from bot.agreement.entries import Entry, Step, digest_of, hashed
from bot.agreement.history import Flaw, HistoryFault, append, verify
from bot.agreement.outcome import Agreement, AgreementState, IllegalStep, StepRefusal, outcome

__all__ = [
    "Agreement",
    "AgreementState",
    "Entry",
    "Flaw",
    "HistoryFault",
    "IllegalStep",
    "Step",
    "StepRefusal",
    "append",
    "digest_of",
    "hashed",
    "outcome",
    "verify",
]
