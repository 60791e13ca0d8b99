"""Drawings: numbers in, one SVG text out."""
