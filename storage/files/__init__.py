"""Files made by the bot."""
