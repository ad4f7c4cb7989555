"""From the directory's values to the words and marks of a page. Pure: no session, no clock, no request."""
