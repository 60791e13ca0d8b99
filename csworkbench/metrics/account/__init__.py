"""What is known of single accounts: what a customer may see of itself, and what stays inside."""
