"""Rich text: a common tree and its conversion to and from each messenger's format."""
