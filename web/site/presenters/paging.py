"""Pages of a hit list."""

from dataclasses import dataclass

AROUND = 1


@dataclass(frozen=True)
class Paging:
    """Which pages to link to; None stands for a gap."""

    page: int
    pages: int
    links: tuple[int | None, ...]

    @property
    def previous(self) -> int | None:
        """The page before this one."""
        return min(self.page - 1, self.pages) if self.page > 1 else None

    @property
    def next(self) -> int | None:
        """The page after this one."""
        return self.page + 1 if self.page < self.pages else None


def paging(total: int, limit: int, page: int) -> Paging:
    """First and last page, this one and its neighbours."""
    pages = max(1, -(-total // limit))
    near = {1, pages, *range(page - AROUND, page + AROUND + 1)}
    links: list[int | None] = []
    for number in sorted(n for n in near if 1 <= n <= pages):
        last = links[-1] if links else None
        if last is not None and number == last + 2:
            links.append(number - 1)
        elif last is not None and number > last + 2:
            links.append(None)
        links.append(number)
    return Paging(page, pages, tuple(links))
