"""Action points: who does what by when."""
