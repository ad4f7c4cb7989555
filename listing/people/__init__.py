"""People: the keys that keep them, how they are found, and what may be done to their records.

Nothing here is readable in the database alone. A person is found by a keyed hash of the identity number and
read with a key from a file that neither the database nor its backups hold (docs/threat-model.md).
"""
