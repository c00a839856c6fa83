"""The machinery of Intercity; it knows no feature."""
