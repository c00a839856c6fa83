"""The demo's page: both messengers side by side, one types as any of the people."""
