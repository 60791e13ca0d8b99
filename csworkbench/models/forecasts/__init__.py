"""What is ahead: growth, whitespace, lifetime value, and forecasts that are sealed and held to account."""
