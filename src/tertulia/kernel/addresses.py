"""What counts as one address where limits are counted by it."""

from ipaddress import IPv4Address, ip_address, ip_network


def address_key(address: str) -> str:
    """What counts as one address for limits: all of an IPv6 customer's network (/64) is one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))
