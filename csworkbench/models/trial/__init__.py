"""Every score on trial against what came and against naive rules; signals and factors."""
