"""Chats known to the bot."""
