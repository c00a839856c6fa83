"""The demo: an emulated Telegram, a real homeserver, two cities and a page."""
