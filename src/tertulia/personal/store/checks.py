"""What is derived in the tables of personal."""

from typing import Any

from sqlalchemy import func, or_, select, union_all

from tertulia.kit.upkeep import by_query
from tertulia.personal.tables import drafts, saved, versions


def _versions() -> Any:
    """Nothing has a version above the last that its person was given."""
    given = union_all(*(select(it.c.user_id, it.c.version) for it in (drafts, saved))).subquery()
    return (
        select(
            given.c.user_id,
            versions.c.last.label("stored"),
            func.max(given.c.version).label("recomputed"),
        )
        .outerjoin(versions, versions.c.user_id == given.c.user_id)
        .group_by(given.c.user_id, versions.c.last)
        .having(or_(versions.c.last.is_(None), versions.c.last < func.max(given.c.version)))
    )


CHECKS = (by_query("personal.versions", _versions),)
