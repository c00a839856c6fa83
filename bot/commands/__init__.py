"""Commands and buttons: parsed, authorised and run in one place."""
