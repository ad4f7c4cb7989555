"""Pure functions that decide by a region's policy. None asks the clock, the database or who is signed in."""
