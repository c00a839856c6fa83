"""Minutes: their lines, and who was present."""
