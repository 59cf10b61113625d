"""What is derived in the tables of personal."""

from typing import Any

from sqlalchemy import func, or_, select

from tertulia.kit.upkeep import by_query
from tertulia.personal.tables import drafts, versions


def _versions() -> Any:
    """No draft has a version above the last that its person was given."""
    return (
        select(
            drafts.c.user_id,
            versions.c.last.label("stored"),
            func.max(drafts.c.version).label("recomputed"),
        )
        .outerjoin(versions, versions.c.user_id == drafts.c.user_id)
        .group_by(drafts.c.user_id, versions.c.last)
        .having(or_(versions.c.last.is_(None), versions.c.last < func.max(drafts.c.version)))
    )


CHECKS = (by_query("personal.versions", _versions),)
