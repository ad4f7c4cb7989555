"""What sources are called to people, where the key was made by us and not given by who imports."""

NAMES = {
    "hsa-ldif": "HSA-katalog",
    "hitta-vard-snapshot": "Ögonblicksbild av 1177 Hitta vård",
}


def source_name(key: str) -> str:
    """The name of a source that is heard for the first time; its key when nobody has named it."""
    for known, name in NAMES.items():
        if key == known or key.startswith(f"{known}-"):
            return name
    return key
