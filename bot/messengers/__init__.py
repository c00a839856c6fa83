"""The messenger interface and its adapters."""
