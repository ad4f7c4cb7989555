"""What every package stands on: settings, database, clock, provenance, audit, outbox, problems."""
