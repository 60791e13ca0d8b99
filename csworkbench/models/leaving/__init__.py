"""The decision to leave: its hazard month by month, the reasons for it, and the scores that follow."""
