"""What a person is in a dialogue."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What someone is in a dialogue, on behalf of one city; from least to most."""

    GUEST = "guest"
    STAFF = "staff"
    MAYOR = "mayor"
    COORDINATOR = "coordinator"

    @property
    def is_official(self) -> bool:
        """Whether the role is shown with the name and protected from look-alikes."""
        return self in {Role.MAYOR, Role.COORDINATOR}

    def reaches(self, needed: Role) -> bool:
        """Say whether this role may do what `needed` may (`staff` means staff, mayors and coordinators)."""
        ladder = list(Role)
        return ladder.index(self) >= ladder.index(needed)
