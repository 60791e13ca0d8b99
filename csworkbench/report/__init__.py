"""Packs of a quarter: planned, run, published and indexed."""
