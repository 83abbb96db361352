"""What security groups let pass, as the API has them."""

from collections.abc import Iterator

from networking_linuxbridge.explain.cloud import Cloud, Port, Rule, lets_ping, version_of
from networking_linuxbridge.explain.hop import Hop, Spot

_MOST_RULES = 6


def incoming_hops(cloud: Cloud, port: Port, sender: Port | None) -> Iterator[Hop]:
    """Say whether a ping from SENDER gets into PORT; without one, from anybody outside of its groups."""
    spot, rules = _spot(port), cloud.rules_of(port, "ingress")
    if not cloud.filters(port) or not port.addresses:
        return
    version = version_of(cloud.to or port.addresses[0])
    if sender is not None:
        if lets_in(cloud, port, sender, version):
            yield spot.good("lets in", _list(rules))
        else:
            address = ", ".join(sender.addresses)
            shows = f"no ping from {address}: {_list(rules) or 'nothing at all'}"
            yield spot.bad("lets in", shows, _rule_to_make("ingress", version, port))
        return
    others = [
        rule for rule in rules if rule.version == version and (rule.remote is None or "/" in rule.remote)
    ]
    if not others:
        shows = f"nothing, but from members of its own groups: {len(rules)} rules"
        yield spot.bad("lets in", shows, _rule_to_make("ingress", version, port))
    elif not any(rule.is_of_pings for rule in others):
        yield spot.odd("lets in", f"{_list(others)}: no ping", _rule_to_make("ingress", version, port))
    else:
        yield spot.good("lets in", _list(others))


def outgoing_hops(cloud: Cloud, port: Port, address: str | None) -> Iterator[Hop]:
    """Say whether a ping from PORT to ADDRESS gets out; without one, whether anything does."""
    rules = cloud.rules_of(port, "egress")
    if not cloud.filters(port) or not port.addresses:
        return
    receiver = cloud.target
    groups = receiver.groups if receiver and address in receiver.addresses else ()
    if any(lets_ping(rule, address, groups) for rule in rules) if address else rules:
        yield _spot(port).good("lets out", _list(rules))
    else:
        shows = f"no ping to {address or 'anybody'}: {_list(rules) or 'nothing at all'}"
        version = version_of(address or port.addresses[0])
        yield _spot(port).bad("lets out", shows, _rule_to_make("egress", version, port))


def lets_in(cloud: Cloud, port: Port, sender: Port, version: int) -> bool:
    """Tell whether the groups of PORT let in a ping from SENDER by a VERSION of IP."""
    return not cloud.filters(port) or any(
        lets_ping(rule, address, sender.groups)
        for rule in cloud.rules_of(port, "ingress")
        for address in sender.addresses
        if version_of(address) == version
    )


def _spot(port: Port) -> Spot:
    return Spot("", f"security groups of {port.id[:11]}")


def _rule_to_make(way: str, version: int, port: Port) -> str:
    kind = "--protocol icmp" if version == 4 else "--ethertype IPv6 --protocol ipv6-icmp"
    group = port.groups[0] if port.groups else "GROUP"
    return f"openstack security group rule create --{way} {kind} {group}"


def _list(rules: list[Rule]) -> str:
    texts = list(dict.fromkeys(map(str, rules)))
    return ", ".join(texts[:_MOST_RULES]) + (" ..." if len(texts) > _MOST_RULES else "")
