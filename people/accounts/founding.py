"""The first account of an empty platform, and the area it stands for.

Everything else is made by people who have logged in; somebody has to be first.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from kernel import audit
from kernel.audit import Act, By
from kernel.db import Connection
from kernel.errors import ConflictError, InvalidError, NotFoundError
from kernel.ids import new_id
from people.accounts.passwords import hash_password

AREA: Final = "SELECT id FROM dispatch.area WHERE id = $1"

ANY_AREA: Final = "SELECT EXISTS (SELECT FROM dispatch.area)"

ADD_CITY: Final = """
INSERT INTO dispatch.area (id, parent, name, level, path) VALUES ($1, NULL, $2, 'city', ARRAY[$1])
"""

ADD_ACCOUNT: Final = """
INSERT INTO dispatch.account (id, username, name, password_hash, role, created_at)
VALUES ($1, lower($2), $3, $4, $5, $6) ON CONFLICT (username) DO NOTHING RETURNING id
"""

ADD_ACCOUNT_AREA: Final = "INSERT INTO dispatch.account_area (account_id, area) VALUES ($1, $2)"

SHORTEST_PASSWORD: Final = 8
#: Roles whose accounts stand for nobody but themselves.
ROLES: Final = ("admin", "supervisor", "operator", "planner", "installer")


async def found(
    conn: Connection,
    *,
    username: str,
    name: str,
    password: str,
    role: str,
    area: str,
    area_name: str,
    now: datetime,
    by: By,
) -> UUID:
    """Create an account for `area`; in a platform without areas, create that too, as a city.

    Raises:
        InvalidError: the password is too short, or the role cannot be given this way.
        NotFoundError: there are areas, and `area` is none of them.
        ConflictError: the user name is taken.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    if role not in ROLES:
        raise InvalidError(f"The role is one of {', '.join(ROLES)}.", role=role)
    async with conn.transaction():
        if await conn.fetchval(AREA, area) is None:
            if await conn.fetchval(ANY_AREA):
                raise NotFoundError(f"There is no area {area}.", area=area)
            await conn.execute(ADD_CITY, area, area_name)
            made = Act(at=now, by=by, action="area_added", area=area, subject=f"area:{area}")
            await audit.write_down(conn, made)
        account: UUID | None = await conn.fetchval(
            ADD_ACCOUNT, new_id(), username, name, hash_password(password), role, now
        )
        if account is None:
            raise ConflictError(f"There is an account {username} already.", username=username)
        await conn.execute(ADD_ACCOUNT_AREA, account, area)
        act = Act(
            at=now,
            by=by,
            action="account_added",
            area=area,
            subject=f"account:{account}",
            reason=role,
        )
        await audit.write_down(conn, act)
    return account
