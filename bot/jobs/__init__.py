"""Work that is due at a time."""
