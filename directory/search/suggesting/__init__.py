"""What may be suggested: services, places and units, each in a module, for words that are being typed."""
