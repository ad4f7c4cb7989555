"""The audit trail: who did what to what, and why, written in the same transaction as the deed.

The database refuses to change, delete or truncate it. Whoever gets around that (the owner of the tables,
somebody with the files or a backup) is found out: every row is under a chain of seals made with a key that
the database does not have (`sealing`, `verifying`).
"""

from core.audit.events import PERSON, AuditEvent, Entry, about, record, record_many
from core.audit.seals import AuditSeal

__all__ = ["PERSON", "AuditEvent", "AuditSeal", "Entry", "about", "record", "record_many"]
