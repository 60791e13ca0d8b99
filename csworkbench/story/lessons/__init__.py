"""Pictures for people who want to know how the numbers were made, one function each."""
