"""The seam to the messengers, and an adapter for each."""
