"""What an allocation knows: the units that may receive and the people without one, in bulk as arrays."""
