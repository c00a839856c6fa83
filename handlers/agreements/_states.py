"""The states of agreements, as files name them."""

from __future__ import annotations

from bot.agreement import AgreementState
from bot.text.catalogue import _

STATE_NAMES = {
    AgreementState.PROPOSED: _("proposed"),
    AgreementState.OBJECTED: _("objected to"),
    AgreementState.AGREED: _("agreed"),
    AgreementState.DONE: _("done"),
    AgreementState.WITHDRAWN: _("withdrawn"),
    AgreementState.SUPERSEDED: _("replaced"),
}
