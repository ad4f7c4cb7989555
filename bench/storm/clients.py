"""The clients: each takes a wish, has it answered whatever happens meanwhile, and takes the next."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bench.storm.caller import Caller
from bench.storm.ledger import FINAL, Asked, Entry, Ledger
from bench.storm.tokens import Tokens
from bench.storm.wishes import LIST, Wishes
from bench.storm.world import World

TWICE_AT_ONCE, AGAIN, TWO_WISHES, ANOTHER_REQUEST = 0.03, 0.04, 0.03, 0.01
"""How often the same key is used on two connections at once, and again after its answer; how often one person
asks for two things at once, and a key is used again for another request."""


class Clients:
    """All of them; `seed` decides what they want, the machine decides in which order it happens."""

    def __init__(
        self, world: World, tokens: Tokens, port: int, *, count: int, operations: int, seed: int
    ) -> None:
        self.ledger = Ledger()
        self.misused: list[str] = []
        """What was answered to a key that came with another request."""
        self.touches: Counter[str] = Counter()
        self._world, self._tokens, self._port = world, tokens, port
        self._operations = operations
        self._give_up = threading.Event()
        self._threads = [
            threading.Thread(target=self._live, args=(Random(f"{seed} {n}"),), daemon=True)
            for n in range(count)
        ]

    def begin(self) -> None:
        """Set them all to work."""
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float, operations: int) -> bool:
        """Until all have had their answers; False when some have waited in vain, and then they give up.

        Tells on a terminal how far they have come.
        """
        deadline = time.monotonic() + seconds
        while any(thread.is_alive() for thread in self._threads) and time.monotonic() < deadline:
            if sys.stderr.isatty():
                print(f"\r{self.ledger.answered()} of {operations}", end="", file=sys.stderr, flush=True)
            time.sleep(0.1)
        if sys.stderr.isatty():
            print(file=sys.stderr)
        finished = not any(thread.is_alive() for thread in self._threads)
        self._give_up.set()
        for thread in self._threads:
            thread.join()
        return finished

    def _live(self, chance: Random) -> None:
        caller = self._caller(chance)
        wishes = Wishes(self._world, self._tokens, caller, chance)
        try:
            while self.ledger.opened < self._operations and not self._give_up.is_set():
                asked = wishes.next()
                if asked is not None:
                    self._do(asked, wishes, caller, chance)
        finally:
            caller.close()

    def _do(self, asked: Asked, wishes: Wishes, caller: Caller, chance: Random) -> None:
        entry = self.ledger.open(asked)
        mischief = chance.random()
        if mischief < TWICE_AT_ONCE:
            self._twice_at_once(entry, caller, chance)
        elif mischief < TWICE_AT_ONCE + TWO_WISHES and (other := wishes.another_for(asked)):
            self._both(entry, self.ledger.open(other), caller, chance)
        else:
            caller.carry_through(entry)
        self.ledger.close()
        if entry.acknowledged and chance.random() < AGAIN:
            self.touches["the same key again"] += 1
            entry.repeated.append(caller.repeat(asked))
        if entry.acknowledged and asked.kind == LIST and chance.random() < ANOTHER_REQUEST:
            self._misuse(asked, caller, chance)

    def _twice_at_once(self, entry: Entry, caller: Caller, chance: Random) -> None:
        self.touches["the same key on two connections at once"] += 1
        twin = Entry(entry.asked)
        self._at_once(twin, entry, caller, chance)
        # One may be refused and leave no trace, and the other do it a moment later: then it is done.
        if twin.acknowledged and not entry.acknowledged:
            twin, entry.attempts = Entry(entry.asked, entry.attempts), twin.attempts
        if twin.acknowledged and twin.answer:
            entry.repeated.append(twin.answer)
        entry.attempts[:0] = [one for one in twin.attempts if one.outcome != FINAL]

    def _both(self, entry: Entry, other: Entry, caller: Caller, chance: Random) -> None:
        self.touches["two wishes of one person at once"] += 1
        self._at_once(other, entry, caller, chance)
        self.ledger.close()

    def _at_once(self, beside: Entry, entry: Entry, caller: Caller, chance: Random) -> None:
        second = self._caller(Random(chance.random()))
        thread = threading.Thread(target=second.carry_through, args=(beside,), daemon=True)
        thread.start()
        caller.carry_through(entry)
        thread.join()
        second.close()

    def _misuse(self, asked: Asked, caller: Caller, chance: Random) -> None:
        self.touches["a key for another request"] += 1
        others: Sequence[str] = [unit.hsa_id for unit in self._world.units if unit.hsa_id != asked.unit]
        another = replace(asked, body={**asked.body, "hsaId": chance.choice(others)})
        said = caller.repeat(another)
        body = said.body if isinstance(said.body, dict) else {}
        self.misused.append(str(body.get("code") or said.status))

    def _caller(self, chance: Random) -> Caller:
        return Caller(self._port, chance, self._give_up)
