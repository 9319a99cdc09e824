"""People as a Canadian clinic has them: a few names are very common, many are rare; and what a receptionist types to
find them. The same for every run."""

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Callable

SEED = 20261123
GIVEN_NAMES = """Marie Jean Léa Emma Olivia Liam Noah William Thomas Félix Zoé Chloé Rosalie Alice Charlotte Nathan
Édouard Raphaël Jacob Samuel Gabriel Émile Élodie Maëlle Anaïs Béatrice Geneviève Hélène Joëlle Françoise Véronique
Sébastien Jérôme André René François Benoît Loïc Mathéo Théo Zoë Siobhán Seán Aoife Niamh Wei Mei Jing Xiao Ming Hui
Minh Thảo Nguyệt Anh Linh José María Sofía Andrés Lucía Íñigo Begoña João Inês Conceição Łukasz Małgorzata Zofia
Agnieszka Søren Åsa Björn Jürgen Käthe Fatima Mohammed Aïcha Youssef Amina Omar Priya Arjun Lakshmi Harpreet Gurpreet
Simran Olena Oksana Taras Ivan Dmytro Robert Patricia Michael Linda David Susan Richard Karen Daniel Nancy Margaret
Helen Dorothy Ruth George Frank""".split()
FAMILY_NAMES = """Tremblay Gagnon Roy Côté Bouchard Gauthier Morin Lavoie Fortin Gagné Ouellet Pelletier Bélanger
Lévesque Bergeron Leblanc Paquette Girard Simard Boucher Caron Beaulieu Cloutier Dubé Poirier Fournier Lapointe Leclerc
Lefebvre Poulin Thibault St-Pierre Nadeau Martel Landry Martin Bédard Grenier Lessard Bernier Richard Michaud Hébert
Desjardins Couture Turcotte Lachance Parent Blais Gosselin Savard Proulx Beaudoin Demers Perreault Boudreau Lemieux Cyr
Perron Dufour Dion Mercier Bolduc Bérubé Boisvert Langlois Ménard Therrien Plante Bilodeau Blanchette Dubois Champagne
Smith Brown Wilson MacDonald Campbell Johnson Taylor Anderson Jones Williams Miller Thompson Scott Stewart Young Walker
White Robinson Reid Ross Murphy O’Brien O’Connor McKenzie Fraser Kelly Nguyen Trần Lê Phạm Wang Li Zhang Liu Chen Yang
Huang Zhao Wu Singh Kaur Gill Dhillon Sandhu Patel Sharma Kumar Khan Ahmed Ali Hussain García Rodríguez Martínez
Hernández López González Núñez Muñoz Silva Santos Pereira Gonçalves Kowalski Wiśniewski Wójcik Łuczak Schmidt Müller
Weiß Jørgensen Åkesson Öztürk Yılmaz Kovač Horvát Šimić Popović Kovalenko Shevchenko Tkachuk Ivanov Rossi Bianchi
D’Angelo Esposito Papadopoulos""".split()
# For the names that one family has.
SYLLABLES = """ba ca da fa ga la ma na pa ra sa ta va be de le me ne re se te ve bo do lo mo no ro so to vo ki li mi ni
ri""".split()
ENDINGS = "ard eau elle ier in son man berg stein ski sen ov ez ini aki wala oğlu nen ström".split()


@dataclass(frozen=True)
class Person:
    """What a patient is found by."""

    given_name: str
    family_name: str
    birth_date: date
    phone: str
    email: str


@dataclass(frozen=True)
class Query:
    """What is typed, and what the service makes of it."""

    text: str
    names: str = ""
    phone: str = ""
    email: str = ""
    birth_date: date | None = None


def people(count: int) -> list[Person]:
    """So many of them, always the same."""
    source = random.Random(SEED)
    return [_person(source, number) for number in range(1, count + 1)]


def queries(among: list[Person], count: int) -> list[Query]:
    """What is typed about some of them: mostly names and their beginnings."""
    source = random.Random(SEED)
    kinds = [kind for kind, _ in QUERY_KINDS]
    weights = [weight for _, weight in QUERY_KINDS]
    return [
        source.choices(kinds, weights)[0](source, source.choice(among)) for _ in range(count)
    ]


def _person(source: random.Random, number: int) -> Person:
    given = _common(source, GIVEN_NAMES)
    if source.random() < 0.15:
        given += source.choice("- ") + _common(source, GIVEN_NAMES)
    family = _common(source, FAMILY_NAMES) if source.random() < 0.7 else _rare(source)
    if source.random() < 0.08:
        family += "-" + _common(source, FAMILY_NAMES)
    area = source.choice(("514", "438", "450", "418", "819", "416", "647", "905", "519", "613"))
    mailbox = f"{_plain(given).split()[0].split('-')[0]}.{_plain(family)}{number}"
    domain = source.choice(("example.com", "example.org", "mail.example.net"))
    return Person(
        given,
        family,
        date(1930, 1, 1) + timedelta(days=source.randrange(34_000)),
        f"+1 {area} 555 {source.randrange(10_000):04}",
        f"{''.join(c for c in mailbox if c.isascii() and (c.isalnum() or c == '.'))}@{domain}",
    )


def _common(source: random.Random, names: list[str]) -> str:
    """As names are: the first of a list is ten times as common as the thirtieth."""
    return source.choices(names, [1 / (rank + 3) for rank in range(len(names))])[0]


def _rare(source: random.Random) -> str:
    return ("".join(source.choices(SYLLABLES, k=source.choice((1, 2)))) + source.choice(ENDINGS)).capitalize()


def _plain(name: str) -> str:
    """As it is typed: small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).lower()


def _names(text: str) -> Query:
    return Query(text, names=text)


def _beginning(source: random.Random, person: Person) -> Query:
    name = source.choice((person.family_name, person.family_name, person.given_name))
    return _names(_plain(name)[: source.choice((1, 2, 3, 3, 4, 5))].strip(" -"))


def _two_beginnings(source: random.Random, person: Person) -> Query:
    return _names(f"{_plain(person.given_name).split()[0]} {_plain(person.family_name)[:3]}")


def _full_name(source: random.Random, person: Person) -> Query:
    names = [person.given_name, person.family_name]
    if source.random() < 0.5:
        names = [_plain(name) for name in names]
    if source.random() < 0.4:
        names.reverse()
    return _names(" ".join(names))


def _misspelt(source: random.Random, person: Person) -> Query:
    """Two neighbouring letters have changed places."""
    name = _plain(person.family_name)
    place = source.randrange(1, max(2, len(name) - 1))
    wrong = name[:place] + name[place : place + 2][::-1] + name[place + 2 :]
    return _names(wrong if source.random() < 0.5 else f"{_plain(person.given_name).split()[0]} {wrong}")


def _birth_date(source: random.Random, person: Person) -> Query:
    if source.random() < 0.5:
        return Query(person.birth_date.isoformat(), birth_date=person.birth_date)
    name = _plain(person.family_name)[:4].strip(" -")
    return Query(f"{name} {person.birth_date.isoformat()}", names=name, birth_date=person.birth_date)


def _phone(source: random.Random, person: Person) -> Query:
    typed = person.phone.removeprefix("+1 ")
    if source.random() < 0.3:
        typed = typed[-4:]
    return Query(typed, phone="".join(c for c in typed if c.isdigit()))


def _email(source: random.Random, person: Person) -> Query:
    typed = person.email if source.random() < 0.5 else person.email.partition("@")[0] + "@"
    return Query(typed, email=typed)


# In per cent.
QUERY_KINDS: list[tuple[Callable[[random.Random, Person], Query], int]] = [
    (_beginning, 35), (_full_name, 20), (_two_beginnings, 15), (_misspelt, 10), (_birth_date, 8), (_phone, 8),
    (_email, 4),
]
