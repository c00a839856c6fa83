"""Action points, and who owns them."""
