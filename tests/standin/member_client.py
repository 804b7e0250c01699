"""The client's side of roles and who has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.standin.calls import ControlCalls


@dataclass(frozen=True, slots=True)
class MemberRoles:
    """A member's roles, and the audit log's reasons for the server's changes of role, oldest first."""

    role_ids: list[int]
    reasons: list[str]


class MemberClient(ControlCalls):
    """Orders roles, and looks at who has them."""

    async def move_role(self, guild_id: int, role_id: int, position: int) -> None:
        """Put a role where it stands in the list; a new one stands at the top."""
        await self.call("move_role", guild_id=guild_id, role_id=role_id, position=position)

    async def set_role(
        self, guild_id: int, role_id: int, *, permissions: Sequence[str] = (), is_managed: bool = False
    ) -> None:
        """Change what a role may do, and whether an integration manages it."""
        arguments = {"permissions": list(permissions), "is_managed": is_managed}
        await self.call("set_role", guild_id=guild_id, role_id=role_id, **arguments)

    async def show_member(self, guild_id: int, user_id: int) -> MemberRoles:
        """Show a member's roles, and why the server's were changed."""
        return MemberRoles(**await self.call("show_member", guild_id=guild_id, user_id=user_id))
