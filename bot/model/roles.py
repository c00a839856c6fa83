"""Roles of people in a dialogue."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The role of a person in a dialogue, on behalf of one city; in ascending order of rights."""

    GUEST = "guest"
    STAFF = "staff"
    MAYOR = "mayor"
    COORDINATOR = "coordinator"

    @property
    def is_official(self) -> bool:
        """Whether the role is shown with the name, which is protected from look-alikes."""
        return self in {Role.MAYOR, Role.COORDINATOR}

    def reaches(self, needed: Role) -> bool:
        """Return whether this role includes the rights of `needed` (`staff`: staff, mayors and coordinators)."""
        ladder = list(Role)
        return ladder.index(self) >= ladder.index(needed)
