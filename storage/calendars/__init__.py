"""Links by which people subscribe to calendars."""
