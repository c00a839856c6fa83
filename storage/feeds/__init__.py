"""News feeds that dialogues follow, and what has become of their items."""
