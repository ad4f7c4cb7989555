"""The operations of the listing register, each in the caller's transaction."""
