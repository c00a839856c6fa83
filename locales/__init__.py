"""The translations: `python -m locales.messages` keeps the catalogues in sync with the source."""
