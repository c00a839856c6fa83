"""What follows up action points: the reminders of their owners, and the weekly digests."""
