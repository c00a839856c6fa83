"""The Matrix adapter: an own client for the client-server API, with matrix-nio for encryption only."""

from bot.messengers.matrix.adapter import MatrixMessenger

__all__ = ["MatrixMessenger"]
