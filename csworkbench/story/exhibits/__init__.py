"""The exhibits of packs, one function each: scene → exhibit."""
