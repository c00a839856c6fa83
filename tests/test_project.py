"""The project as a whole: requirements, documents, metadata, and the shape of the code."""

import ast
import pkgutil
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUN = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
ASKED = {
    **PROJECT["dependency-groups"],
    "run": RUN,
    "demo": RUN + EXTRAS["demo"],
    "dev": RUN + EXTRAS["dev"],
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def pinned(name: str) -> dict[str, str]:
    pins = re.findall(r"^(\S+?)==(\S+)", text_of(f"requirements/{name}.txt"), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize("name", ASKED)
def test_the_pins_are_what_is_asked_for(name: str) -> None:
    pins = pinned(name)
    for asked in map(Requirement, ASKED[name]):
        assert asked.specifier.contains(pins[canonicalize_name(asked.name)]), f"make requirements: {asked}"


@pytest.mark.parametrize("name", ASKED)
def test_every_package_is_pinned_by_hash_and_names_no_host(name: str) -> None:
    for entry in re.split(r"\n(?=\S)", text_of(f"requirements/{name}.txt")):
        if not entry.startswith("#"):
            assert re.match(r"\S+==\S+( ; [^\\]+)? \\\n    --hash=sha256:", entry), entry
    assert not re.search(r"://|index|find-links|@ ", text_of(f"requirements/{name}.txt"))


def test_the_sets_agree() -> None:
    newest = pinned("dev") | pinned("build")
    for name in ASKED.keys() - {"oracle"}:  # that one is never installed together with another
        assert pinned(name).items() <= newest.items()


def test_each_dependency_has_its_reason() -> None:
    reasons = text_of("docs/dependencies.md")
    for asked in map(Requirement, (each for group in ASKED.values() for each in group)):
        assert re.search(rf"^\| [^|]*\b{re.escape(asked.name)}[ ,\[]", reasons, re.MULTILINE), asked.name


def documents() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")


@pytest.mark.parametrize("path", sorted(documents()), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target


NAMED = re.findall(r"`((?:bot|handlers|storage|tests)(?:\.\w+)+)`", text_of("docs/glossary.md"))


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_what_the_glossary_names_can_be_imported(name: str) -> None:
    assert pkgutil.resolve_name(name)


@pytest.mark.parametrize("name", ["docs/architecture.md", "docs/glossary.md", "docs/security.md", "CONTRIBUTING.md"])
def test_paths_in_documents_exist(name: str) -> None:
    for path in re.findall(r"`((?:bot|handlers|storage|locales|tests)/[\w/]*(?:\.\w+)?)`", text_of(name)):
        assert (ROOT / path).exists(), path


def test_the_licence_is_whole() -> None:
    licence = text_of("LICENSE")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    for article in range(1, 16):
        assert re.search(rf"^{article}\.\w", licence, re.MULTILINE)
    assert "Appendix" in licence


def test_the_metadata_follows_the_standard() -> None:
    """Check the requirements of publiccode.yml 0.4."""
    data = yaml.safe_load(text_of("publiccode.yml"))
    assert data["publiccodeYmlVersion"] == "0.4"
    assert data["legal"]["license"] == PROJECT["project"]["license"]
    assert data["softwareVersion"] == PROJECT["project"]["version"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", data["releaseDate"])
    assert {"name", "url", "platforms", "categories", "developmentStatus", "softwareType"} <= data.keys()
    assert data["localisation"] == {"localisationReady": True, "availableLanguages": ["de", "en-GB", "en-US"]}
    assert data["maintenance"]["contacts"][0]["name"]
    for described in data["description"].values():
        assert len(described["shortDescription"]) <= 150
        assert 150 <= len(described["longDescription"]) <= 10_000
        assert described["features"]


CASES = text_of("docs/security.md")


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [each.name[:4] for each in (ROOT / "docs/adr").glob("*.md")]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([a-z_/]+\.py(?:::[a-z_0-9]+)?)`", CASES))))
def test_a_test_that_the_threat_cases_name_exists(name: str) -> None:
    file, _, function = name.partition("::")
    source = text_of(f"tests/{file}")
    assert not function or f"def {function}(" in source


def test_every_trust_test_is_in_the_threat_cases() -> None:
    rows = re.findall(r"^\| ([\d–, ]+) \|.*\| ([^|]*) \|$", CASES, re.MULTILINE)
    numbers = [case for cases, _tests in rows for case in _numbers(cases)]
    assert len(numbers) == len(set(numbers)), "each case has one row"
    documented = {
        (case, module)
        for cases, tests in rows
        for case in _numbers(cases)
        for module in re.findall(r"`trust/(\w+)\.py", tests)
    }
    written = {
        (int(case), file.stem)
        for file in (ROOT / "tests/trust").glob("test_*.py")
        for case in re.findall(r"def test_case_(\d+)_", file.read_text("utf-8"))
    }
    assert written <= documented


def _numbers(cases: str) -> Iterator[int]:
    for part in cases.split(", "):
        first, _, last = part.partition("–")
        yield from range(int(first), int(last or first) + 1)


def test_every_module_has_its_layer() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    listed = {name.strip(" ()") for layer in layers for name in re.split(r"[|:]", layer)}
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sources("bot")
        if path.name not in {"__init__.py", "__main__.py"} and "sandbox" not in path.parts
    ]
    assert [each for each in modules if not any(f"{each}.".startswith(f"{name}.") for name in listed)] == []


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def test_every_class_has_a_name_of_its_own() -> None:
    trees = (ast.parse(path.read_text("utf-8")) for path in sources("bot", "handlers", "storage", "locales", "tests"))
    names = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    assert [name for name, count in names.items() if count > 1] == []


def test_modules_are_short() -> None:
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in sources("bot", "handlers", "storage")}
    assert [str(path.relative_to(ROOT)) for path, count in lines.items() if count > 300] == []
