"""What crosses between the messengers, kind by kind, on a real homeserver and the emulated Bot API."""
