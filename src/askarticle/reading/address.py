"""Which addresses of the internet may be connected to: the public ones, named one by one.

Python's `is_global` isn't asked: what it calls global differs between its versions, and it knows no
clouds.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_PRIVATE = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' own; Alibaba's metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's host, seen from its machines
            "169.254.0.0/16",  # link-local; most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",  # measurements
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
_PUBLIC6 = IPv6Network("2000::/3")
_PRIVATE6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols; Teredo, which carries an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which carries an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
# Networks without IPv4 reach it so; the last 32 bits are the IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether a numeric IPv4 or IPv6 address belongs to the public internet.

    IPv4 addresses inside IPv6 ones count as themselves (mapped, NAT64) or are refused (6to4,
    Teredo); so is one with a zone. What is no numeric address is not public.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return False
        inner = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped
        if inner is None:
            return ip in _PUBLIC6 and not any(ip in network for network in _PRIVATE6)
        ip = inner
    return not any(ip in network for network in _PRIVATE)
