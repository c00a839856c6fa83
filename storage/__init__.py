"""What is kept: tables, the database, and one repository for each capability."""

from storage.base import StorageError
from storage.database import Database
from storage.records import Appointment, Chat, City, Copy, Delivery, Dialogue, Kind, Person, Said, State
from storage.schema import upgrade
from storage.store import Store

__all__ = [
    "Appointment",
    "Chat",
    "City",
    "Copy",
    "Database",
    "Delivery",
    "Dialogue",
    "Kind",
    "Person",
    "Said",
    "State",
    "StorageError",
    "Store",
    "upgrade",
]
