"""One-time codes, failed guesses, and pairings that await confirmation."""
