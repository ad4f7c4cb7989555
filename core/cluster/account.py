"""Which account the server runs as, and running programs and making folders as that account.

PostgreSQL refuses to run as root. An ordinary user runs the server as themselves; root hands it to the
owner of an existing data folder, else to `postgres`, else to `nobody`.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.cluster.errors import DatabaseUnavailable


@dataclass(frozen=True)
class Account:
    """A user of this machine; `switch` says that we have to become it."""

    uid: int
    gid: int
    switch: bool

    def run(self, argv: Sequence[str | Path], timeout: float = 180) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, away from our terminal and without our `PG*` variables."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        env["LC_ALL"] = "C.UTF-8"
        try:
            return subprocess.run(
                argv,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
                cwd="/",
                env=env,
                umask=0o077,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired as error:
            raise DatabaseUnavailable(f"{Path(argv[0]).name} did not finish in {timeout:.0f} s") from error
        except PermissionError as error:
            raise DatabaseUnavailable(
                f"cannot run {Path(argv[0]).name} as account number {self.uid}: {error.strerror}"
            ) from error

    def can_walk_to(self, folder: Path) -> bool:
        """Whether the account may enter `folder`; asked of the kernel, because modes are not all there is."""
        return (
            not self.switch
            or self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], timeout=20).returncode == 0
        )

    def make_folder(self, folder: Path) -> None:
        """Make `folder` 0700 and this account's; refuse one that is a link or somebody else's."""
        try:
            folder.mkdir(mode=0o700)
            if self.switch:
                os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        except FileExistsError:
            pass
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.uid:
            raise DatabaseUnavailable(
                f"{folder} belongs to somebody else; remove it or choose another HITTAVARD_VAR_DIR"
            )
        if stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)


def server_account(data: Path) -> Account:
    """The account that runs the server over the data folder `data`, which need not exist yet."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switch=True)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise DatabaseUnavailable("root may not run PostgreSQL and there is no account postgres or nobody")
