"""The book seen as a business: concentration, promises, profiles, tenure, losses and what followed actions."""
