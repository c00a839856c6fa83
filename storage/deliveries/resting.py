"""Claiming past somebody whose messages rest: the others go on meanwhile."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables as t
from storage.deliveries.turns import LAST, MOVES, URGENT

_others, _earlier = t.deliveries.alias(), t.deliveries.alias()
_RESTING: sa.BindParameter[int] = sa.bindparam("resting", type_=sa.BigInteger)


def _open(rows: sa.FromClause, *where: sa.ColumnElement[bool]) -> sa.Exists:
    return sa.exists().where(rows.c.lane == sa.bindparam("lane"), t.is_open(rows.c.state), *where)


# By the index of shares: what rests may be long, and is not to be read for nothing.
_HAS_OTHERS = sa.or_(_open(_others, _others.c.person_id < _RESTING), _open(_others, _others.c.person_id > _RESTING))
_FOLLOWS = _open(
    _earlier,
    _earlier.c.person_id == _RESTING,
    _earlier.c.message_id.in_((t.deliveries.c.message_id, t.deliveries.c.reply_message_id)),
    sa.or_(
        _earlier.c.turn < t.deliveries.c.turn,
        sa.and_(_earlier.c.turn == t.deliveries.c.turn, _earlier.c.id < t.deliveries.c.id),
    ),
)
PAST_RESTING = (
    _HAS_OTHERS,
    sa.or_(
        t.deliveries.c.turn <= URGENT,
        sa.and_(
            t.deliveries.c.turn < LAST,
            t.deliveries.c.person_id.not_in((_RESTING, sa.literal_column(str(MOVES.person_id)))),
            ~_FOLLOWS,
        ),
    ),
)
"""Rows that go although a person's rest (`resting`): those of others that are no replies to them and no changes of
them. A lane is not left meanwhile, and what goes when nothing else waits does not go."""
