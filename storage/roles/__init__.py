"""The roles of people in dialogues."""
