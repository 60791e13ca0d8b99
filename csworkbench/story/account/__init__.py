"""The packs of a single account: the edition for the customer, and the one that stays inside."""
