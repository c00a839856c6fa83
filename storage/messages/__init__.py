"""Stored messages and the ids of their copies."""
