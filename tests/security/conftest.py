"""The edge's own house and site serve here too."""

from tests.gateway.conftest import house, site

__all__ = ["house", "site"]
