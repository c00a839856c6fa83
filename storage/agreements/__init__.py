"""What cities agree on, with its history: action points and minutes."""
