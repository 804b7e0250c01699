"""People and their credits: one person under the ids of several sources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.films import Credit, Film, Job
from bot.store.database import Transaction
from bot.store.film_rows import credit_columns, person_key, read_credit


async def list_credits(tx: Transaction, film_id: int) -> tuple[Credit, ...]:
    """List who did what, by job and in billing order, with what each source calls them."""
    refs: dict[int, list[str]] = {}
    for row in await tx.all("list_person_refs", film_id=film_id):
        refs.setdefault(row["person_id"], []).append(row["ref"])
    jobs = list(Job)
    credits = [
        replace(credit, refs=tuple(refs.get(credit.person_id, ())))
        for credit in map(read_credit, await tx.all("list_credits", film_id=film_id))
    ]
    return tuple(sorted(credits, key=lambda credit: (jobs.index(credit.job), credit.position)))


async def replace_credits(tx: Transaction, film_id: int, film: Film) -> None:
    """Write the credits of `film` in the place of those of `film_id`."""
    await tx.all("remove_credits", film_id=film_id)
    credits = [(position, credit) for job in Job for position, credit in enumerate(film.people(job))]
    keys = await _find_keys(tx, [credit for _, credit in credits if credit.refs])
    named = {(keys.get(credit.refs) or person_key(credit.name), credit.name) for _, credit in credits}
    # By key: two processes that meet the same people wait for each other in one order.
    people = [{"person_key": key, "name": name} for key, name in sorted(named)]
    await tx.many("add_person", people)
    await tx.many("rename_person", [person for person in people if person["person_key"].startswith("bundled:")])
    rows = [
        credit_columns(film_id, position, credit, keys.get(credit.refs) or person_key(credit.name))
        for position, credit in credits
    ]
    await tx.many("add_credit", rows)
    await _add_refs(tx, film_id, film)


async def _find_keys(tx: Transaction, credits: Sequence[Credit]) -> Mapping[tuple[str, ...], str]:
    """The key of each person that a source names by id; a namesake that it names by another id is somebody else."""
    keys: dict[tuple[str, ...], str] = {}
    for credit in credits:
        if credit.refs not in keys:
            keys[credit.refs] = await _find_key(tx, credit)
    return keys


async def _find_key(tx: Transaction, credit: Credit) -> str:
    for ref in credit.refs:
        known = await tx.one("find_person_by_ref", ref=ref)
        if known is not None:
            row = await tx.one("find_person_key", person_id=known["person_id"])
            if row is not None:
                return row["person_key"]
    for ref in credit.refs:
        source = ref.partition(":")[0]
        if await tx.one("find_namesake", person_key=person_key(credit.name), source=source) is None:
            taken = await tx.one("find_person_id", person_key=person_key(credit.name))
            return ref if taken is not None else person_key(credit.name)
    return person_key(credit.name)


async def _add_refs(tx: Transaction, film_id: int, film: Film) -> None:
    if not any(credit.refs for credit in film.credits):
        return
    stored = {(c.job, c.position): c.person_id for c in map(read_credit, await tx.all("list_credits", film_id=film_id))}
    pairs = {
        (ref, stored[job, position])
        for job in Job
        for position, credit in enumerate(film.people(job))
        for ref in credit.refs
    }
    await tx.many("add_person_ref", [{"ref": ref, "person_id": person_id} for ref, person_id in sorted(pairs)])
