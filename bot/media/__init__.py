"""What media files really are, and what clients show of them before they are loaded."""
