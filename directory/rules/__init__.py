"""Pure rules of the directory: no session, no clock, no request."""
