"""Batches of events take effect."""
