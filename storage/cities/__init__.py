"""Cities and the dialogues between them."""
