"""The listing register: who is listed where, who waits, what happens next, and why."""
