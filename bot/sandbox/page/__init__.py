"""The demo's page: both messengers side by side, where one writes as any of the people."""
