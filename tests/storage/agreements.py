"""Action points put into the storage."""

from __future__ import annotations

from datetime import date

from bot.agreement import Step
from bot.model import ChatRef
from storage import ActionPoint, AgreementRecord, Dialogue, NewOwner, Person, Signatory, Store, Terms
from tests.storage.polls import NOW, TELEGRAM, dialogue_in


async def paired_in(store: Store) -> Dialogue:
    """Return a dialogue of Köln and Leeds, with a chat each."""
    dialogue = await dialogue_in(store)
    for city in dialogue.cities:
        await store.chats.pair(ChatRef(TELEGRAM, f"-{city.id}"), dialogue, city)
    return dialogue


def signatory(person: Person, city: str) -> Signatory:
    """Return somebody; the pseudonym stands for itself here."""
    return Signatory(person.id, pseudonym(person), city)


def pseudonym(person: Person) -> str:
    return f"pseudonym {person.id}"


async def proposed(
    store: Store, dialogue: Dialogue, by: Person, text: str = "Plant trees", due_on: date | None = None
) -> ActionPoint:
    koeln = dialogue.cities[0]
    owner = NewOwner(person_id=by.id, pseudonym=pseudonym(by), city=koeln)
    terms = Terms(text=text, language="en", due_on=due_on, owners=(owner,), lead=koeln)
    return await store.actions.propose(dialogue.id, terms, signatory(by, koeln.name), NOW)


async def confirm(store: Store, agreement: AgreementRecord, person: Person, city: str) -> AgreementRecord:
    return await store.agreements.take(agreement, Step.CONFIRMED, signatory(person, city), NOW)
