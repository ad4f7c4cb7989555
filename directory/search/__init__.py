"""Finding units by words, place, position and time."""
