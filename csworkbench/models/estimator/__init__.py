"""How a frame becomes calibrated, explained probabilities: read, encode, learn, blend, explain, keep."""
