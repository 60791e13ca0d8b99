"""Exhibits, sentences and packs: measures as a reader sees them."""
