"""The web listener: health checks, and calendars that people subscribe to."""
