from xml.etree import ElementTree

from lab.graph import Picture, draw, write_up
from lab.graph.picture import DrawnMachine, DrawnServer

PICTURE = Picture(
    name="class",
    networks={"external": "192.168.99.0/24", "ds": "192.168.23.0/24"},
    machines=[
        DrawnMachine("control", ["control"], ["external 192.168.99.1", "ds 192.168.23.10"]),
        DrawnMachine(
            "compute1",
            ["compute"],
            ["ds 192.168.23.11"],
            [
                DrawnServer("web <1>", "ACTIVE", ["lan 10.20.0.5", "lan 192.168.99.70"]),
                DrawnServer("db", "ERROR", []),
            ],
        ),
    ],
    tenant_networks={"lan": "10.20.0.0/24"},
)


def test_text() -> None:
    assert write_up(PICTURE).splitlines() == [
        "lab class",
        "= external 192.168.99.0/24",
        "= ds 192.168.23.0/24",
        "~ lan 10.20.0.0/24",
        "├─ control (control) external 192.168.99.1, ds 192.168.23.10",
        "└─ compute1 (compute) ds 192.168.23.11",
        "   ├─ web <1> ACTIVE lan 10.20.0.5, lan 192.168.99.70",
        "   └─ db ERROR",
    ]


def test_svg_is_well_formed_and_says_the_same() -> None:
    svg = ElementTree.fromstring(draw(PICTURE))  # noqa: S314  it is ours
    words = " ".join(element.text or "" for element in svg.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("lab class", "control (control)", "web <1> ACTIVE", "lan 192.168.99.70", "10.20.0.0/24"):
        assert said in words


def test_svg_ties_each_machine_to_its_networks() -> None:
    svg = ElementTree.fromstring(draw(PICTURE))  # noqa: S314  it is ours
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}path"))) == 3


def test_svg_grows_with_what_is_in_it() -> None:
    def height(picture: Picture) -> int:
        return int(ElementTree.fromstring(draw(picture)).attrib["height"])  # noqa: S314  it is ours

    assert height(PICTURE) > height(Picture("empty", PICTURE.networks, PICTURE.machines[:1]))
