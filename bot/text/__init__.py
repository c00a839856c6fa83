"""Rich text: one tree, and what each messenger makes of it."""
