"""The directory: care units and everything that is known about them, with its source and its history."""
