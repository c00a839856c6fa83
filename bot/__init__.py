"""The core of Intercity, independent of any feature."""
