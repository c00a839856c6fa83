"""The texts in each language: `python -m locales.messages` keeps the catalogues in step with the source."""
