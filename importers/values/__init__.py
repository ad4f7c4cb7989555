"""Pure parsers of what stands in a cell: text in, a value and its troubles out.

Every parser returns `(value, troubles)`; the value is None (or empty) when nothing usable stands there. An
empty cell is no trouble. Who calls knows the row and the field and makes issues of the troubles.
"""
