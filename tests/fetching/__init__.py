"""Fetching: the guard, the network, feeds, pages and pictures."""
