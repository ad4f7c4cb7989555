"""Files in: one reader per format, mappings for a region's own columns, parsers of messy values.

Only this package knows file formats. The readers stream raw rows, `mapping` turns them into the documented
columns of `columns`, and `values` and `coordinates` parse what stands in a cell.
"""
