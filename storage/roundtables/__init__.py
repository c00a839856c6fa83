"""The mayors' roundtables: their series, agenda, invitations and reminders."""
