"""Queued operations are delivered to the messengers."""
