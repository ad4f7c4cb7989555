"""A storm over the listing register: many clients, few places, and everything dies in between.

What every client asked and was answered stands in its ledger; what the register did stands in the database.
Afterwards the two must tell the same story, and the story must keep the rules. See docs/listing-storm.md.
"""
