"""People, their accounts, and the links between these."""
