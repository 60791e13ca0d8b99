"""The canonical tables of one chunk of accounts, from what happened to them."""
