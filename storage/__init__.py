"""Persistence: the tables, the database, and one repository per capability."""

from storage.audit import NOBODY
from storage.base import StorageError
from storage.database import Database
from storage.holding import TakenError
from storage.records import (
    DEAF,
    LEFT,
    Appointment,
    Chat,
    Checkup,
    City,
    Code,
    Copy,
    Delivery,
    Dialogue,
    HeldBack,
    Kind,
    Note,
    Pairing,
    Person,
    Profile,
    Purpose,
    Said,
    State,
    Unready,
)
from storage.schema import upgrade
from storage.store import Store
from storage.turns import BOT, Share

__all__ = [
    "BOT",
    "DEAF",
    "LEFT",
    "NOBODY",
    "Appointment",
    "Chat",
    "Checkup",
    "City",
    "Code",
    "Copy",
    "Database",
    "Delivery",
    "Dialogue",
    "HeldBack",
    "Kind",
    "Note",
    "Pairing",
    "Person",
    "Profile",
    "Purpose",
    "Said",
    "Share",
    "State",
    "StorageError",
    "Store",
    "TakenError",
    "Unready",
    "upgrade",
]
