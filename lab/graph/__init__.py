"""A lab drawn: its networks, machines and servers with their addresses, as text and as SVG."""

from lab.graph.picture import Picture, picture_of
from lab.graph.svg import draw
from lab.graph.text import write_up

__all__ = ["Picture", "draw", "picture_of", "write_up"]
