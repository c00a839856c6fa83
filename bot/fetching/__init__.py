"""Fetching from addresses that people give: guarded, bounded, and parsed in a process of its own."""
