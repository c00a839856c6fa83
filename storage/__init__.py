"""Persistence: the tables, the database, and one repository per capability."""

from storage.audit import NOBODY
from storage.base import StorageError
from storage.database import Database
from storage.jobs import AT_ONCE, Job
from storage.locks import TakenError
from storage.records import (
    LEFT,
    NO_RIGHTS,
    Appointment,
    Chat,
    City,
    Copy,
    Delivery,
    Dialogue,
    HealthCheckRequest,
    HeldBack,
    Kind,
    Note,
    OneTimeCode,
    Pairing,
    Person,
    Profile,
    Purpose,
    State,
    StoredMessage,
    Unready,
)
from storage.schema import upgrade
from storage.store import Store
from storage.turns import BOT, Share

__all__ = [
    "AT_ONCE",
    "BOT",
    "LEFT",
    "NOBODY",
    "NO_RIGHTS",
    "Appointment",
    "Chat",
    "City",
    "Copy",
    "Database",
    "Delivery",
    "Dialogue",
    "HealthCheckRequest",
    "HeldBack",
    "Job",
    "Kind",
    "Note",
    "OneTimeCode",
    "Pairing",
    "Person",
    "Profile",
    "Purpose",
    "Share",
    "State",
    "StorageError",
    "Store",
    "StoredMessage",
    "TakenError",
    "Unready",
    "upgrade",
]
