"""News that coordinators have posted."""
