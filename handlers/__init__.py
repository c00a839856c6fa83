"""The features, one module each. A new one is added to `ROUTERS`."""

from handlers.help import router as help_commands
from handlers.messages import router as message_commands
from handlers.pairing import router as pairing_commands
from handlers.people import router as people_commands

ROUTERS = (help_commands, pairing_commands, people_commands, message_commands)
"""The commands of all features, in the order of /help."""
