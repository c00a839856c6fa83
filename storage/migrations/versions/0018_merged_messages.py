"""Several copies can be sections of one message."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0018", "0017"


def upgrade() -> None:
    """Add the row with which a delivery is sent, and the place of a copy in its message."""
    op.add_column("deliveries", sa.Column("head_id", sa.BigInteger()))
    options = {"sqlite_autoincrement": True}
    with op.batch_alter_table("copies", table_kwargs=options) as copies:
        copies.add_column(sa.Column("place", sa.Integer(), nullable=False, server_default="0"))
        copies.drop_constraint("uq_copies_chat_id_native_id", type_="unique")
        copies.create_unique_constraint("uq_copies_chat_id_native_id_place", ["chat_id", "native_id", "place"])
