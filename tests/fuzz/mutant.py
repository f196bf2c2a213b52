"""One mutant: a good book with one to four mutations, all of it decided by its seed and number."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache
from random import Random

from tests.fuzz import mutate_cells, mutate_parts, mutate_tables, mutate_zip
from tests.fuzz.books import WEIGHTS, good_books
from tests.fuzz.draft import Draft, Mutator, NothingToMutateError

_RARE = 0.01
_ZIP = 0.12
_KINDS: tuple[tuple[Mutator, ...], ...] = (
    mutate_cells.MUTATORS,
    mutate_tables.MUTATORS,
    mutate_parts.MUTATORS,
)


@dataclass(frozen=True)
class Mutant:
    """``story`` says which book it was and what was done to it."""

    number: int
    story: tuple[str, ...]
    content: bytes


@cache
def _parts(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(good_books()[name])) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def mutant(seed: int, number: int) -> Mutant:
    random = Random(f"{seed}/{number}")
    name = random.choices(list(good_books()), WEIGHTS)[0]
    story = [name]
    draft = Draft(dict(_parts(name)), random)
    count = random.choices((1, 2, 3, 4), (45, 25, 15, 15))[0]
    story += [_mutated(draft) for _ in range(count)]
    data = mutate_zip.packed(draft.parts)
    if random.random() < _ZIP:
        change = random.choice(mutate_zip.MUTATORS if random.random() > 0.05 else mutate_zip.RARE)
        story.append(f"zip: {change.__name__}")
        data = change(data, random)
    return Mutant(number, tuple(story), data)


def _mutated(draft: Draft) -> str:
    """What was done: another mutator is asked where one finds no place."""
    for _ in range(10):
        mutators = draft.random.choices(_KINDS, (55, 25, 20))[0]
        if draft.random.random() < _RARE:
            mutators = mutate_parts.RARE
        change = draft.random.choice(mutators)
        try:
            said = change(draft)
        except NothingToMutateError:
            continue
        if said:
            return f"{change.__name__}: {said}"
    return "nothing"
