"""What a resident has in the register, in words, and what one can do about it."""
