"""The reactions of people that are passed on, and what the bot shows of them in each chat."""
