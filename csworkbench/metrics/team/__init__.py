"""The team's own measures: per CSM, of people and their work. Only the pack of the CS manager loads them."""
