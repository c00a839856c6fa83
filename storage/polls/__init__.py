"""Polls: their topics, and the ballots cast."""
