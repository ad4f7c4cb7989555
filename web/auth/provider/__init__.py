"""The development sign-in: a real provider of OpenID Connect where one chooses whom to be.

It runs as a program of its own beside the site, which knows it by nothing but its settings, as it would any
other. Codes are for one use and bound to PKCE (S256 alone), tokens are signed. In production neither does it
start nor does the site accept it.
"""
