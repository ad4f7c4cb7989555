"""What each process holds of the directory, so that a question needs neither database nor Whoosh."""
