"""A lab drawn as SVG: networks across, machines hanging from them, servers in the machines."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from lab.graph.picture import DrawnMachine, Picture

WIDTH, GAP, MARGIN = 260, 24, 24
LINE, BAR = 18, 22
TOP = 56
COLORS = {"external": "#c2410c", "ds": "#1d4ed8"}
OTHER_COLOR = "#15803d"
STYLE = "text{font:13px sans-serif;fill:#1f2937}.name{font-weight:bold}.small{font-size:11px}"


def draw(picture: Picture) -> str:
    """PICTURE as the text of an SVG file."""
    bars = list(picture.networks.items()) + list(picture.tenant_networks.items())
    body = TOP + len(bars) * (BAR + 8) + GAP
    width = 2 * MARGIN + max(1, len(picture.machines)) * (WIDTH + GAP) - GAP
    height = body + max((height_of(machine) for machine in picture.machines), default=0) + 2 * MARGIN
    elements = [
        text(MARGIN, 30, f"lab {picture.name}", "name"),
        *draw_bars(bars, width),
        *draw_machines(picture, body),
        text(MARGIN, height - 8, picture.note, "small"),
    ]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    label = quoteattr(f"lab {picture.name}")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label={label}>'
    paper = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", paper, *elements, "</svg>", ""])


def draw_bars(bars: list[tuple[str, str]], width: int) -> Iterator[str]:
    """One bar across for each network of BARS."""
    for number, (name, subnet) in enumerate(bars):
        y = TOP + number * (BAR + 8)
        yield rectangle((MARGIN, y), (width - 2 * MARGIN, BAR), color_of(name), "0.15")
        yield text(MARGIN + 8, y + 15, f"{name}  {subnet}", "small")


def draw_machines(picture: Picture, body: int) -> Iterator[str]:
    """The machines of PICTURE side by side, each tied to the networks that it has an address in."""
    names = list(picture.networks)
    for number, machine in enumerate(picture.machines):
        left = MARGIN + number * (WIDTH + GAP)
        for address in machine.addresses:
            network = address.partition(" ")[0]
            place = names.index(network)
            x, y = left + WIDTH - 24 - 24 * place, TOP + place * (BAR + 8) + BAR
            yield f'<path d="M{x} {y}V{body}" stroke="{color_of(network)}" stroke-width="2"/>'
        yield from draw_machine(machine, left, body)


def draw_machine(machine: DrawnMachine, left: int, top: int) -> Iterator[str]:
    """MACHINE with its servers, its corner at LEFT and TOP."""
    yield rectangle((left, top), (WIDTH, height_of(machine)), "#64748b", "0.08")
    y = top + LINE
    yield text(left + 10, y, f"{machine.name} ({', '.join(machine.roles)})", "name")
    for address in machine.addresses:
        y += LINE
        yield text(left + 10, y, address, "small")
    y += 10
    for server in machine.servers:
        height = (1 + len(server.addresses)) * LINE + 6
        yield rectangle((left + 10, y), (WIDTH - 20, height), OTHER_COLOR, "0.15")
        for row, words in enumerate([f"{server.name} {server.status}", *server.addresses], 1):
            yield text(left + 18, y + row * LINE - 3, words, "small")
        y += height + 6


def height_of(machine: DrawnMachine) -> int:
    """How high MACHINE is drawn."""
    servers = sum((1 + len(server.addresses)) * LINE + 12 for server in machine.servers)
    return (1 + len(machine.addresses)) * LINE + 22 + servers


def rectangle(place: tuple[int, int], size: tuple[int, int], color: str, opacity: str) -> str:
    """A rectangle of SIZE (width, height) at PLACE (x, y) with round corners, filled with a thin COLOR."""
    where = 'x="{}" y="{}" width="{}" height="{}" rx="6"'.format(*place, *size)
    return f'<rect {where} fill="{color}" fill-opacity="{opacity}" stroke="{color}"/>'


def text(x: int, y: int, words: str, kind: str) -> str:
    """WORDS with their lower left corner at X and Y."""
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(words)}</text>'


def color_of(network: str) -> str:
    """The color in which NETWORK is drawn."""
    return COLORS.get(network, OTHER_COLOR)
