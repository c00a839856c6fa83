"""`make bench`: measure what the bot promises, next to what the same servers give a bare client."""
