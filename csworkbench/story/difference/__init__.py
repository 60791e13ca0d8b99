"""What changed between two packs of the same company: pure functions on what each was made of."""
