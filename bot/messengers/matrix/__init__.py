"""The adapter for Matrix: its own client-server API, with matrix-nio for encryption alone."""

from bot.messengers.matrix.adapter import MatrixMessenger

__all__ = ["MatrixMessenger"]
