"""`make bench`: what the bot promises, measured, beside what the same servers give a bare client."""
