"""A page for each seat, for a browser and for paper: where it is, who sits there, how one begins.

The PDF is drawn by fpdf2, which is nothing but Python: a trainer's laptop needs no browser and no libraries
for it. Its built-in fonts have the letters of Western European languages, which is why `Plan` asks for those.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.classroom.classes import Classroom
from lab.classroom.plan import Kind
from lab.classroom.seat import Seat
from lab.labs import Lab
from lab.networks import own_address
from lab.private import write_private

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
# Millimetres on A4.
MARGIN, WIDTH, QR_SIZE, LABEL_WIDTH, LINE = 20, 170, 48, 34, 7
NOTE_SIZES = (11, 10, 9, 8, 7, 6)  # of letters, in points


@dataclass(frozen=True)
class Handout:
    """What is on the page, for whatever it is written."""

    title: str
    seat: str
    link: str
    facts: list[tuple[str, str]]
    steps: list[tuple[str, str]]
    note: str


def write_handout(classroom: Classroom, seat: Seat, lab: Lab) -> None:
    """Write the page of SEAT, which is in LAB, to its files."""
    handout = handout_of(classroom, seat, lab)
    write_private(seat.html, html_of(handout))
    write_private(seat.pdf, pdf_of(handout))


def board_url(classroom: Classroom, address: str = "") -> str:
    """Where learners find the board of CLASSROOM; at ADDRESS if it listens there alone."""
    place = classroom.plan.board
    return f"http://{address or place.address or own_address()}:{place.port}"


def handout_of(classroom: Classroom, seat: Seat, lab: Lab) -> Handout:
    """What SEAT of CLASSROOM, which is in LAB, has to know."""
    quota = seat.quota or classroom.plan.quota
    alone = classroom.plan.kind is Kind.LAB
    return Handout(
        title=classroom.plan.title,
        seat=f"Seat {seat.number}",
        link=f"{board_url(classroom)}/enter/{seat.token}",
        facts=[
            ("User", seat.user),
            ("Password", seat.password),
            ("Project", seat.user),
            ("Domain", "Default"),
            ("Horizon", lab.horizon),
            ("Identity API", f"http://{lab.external_address}:5000/v3"),
            (
                "There already",
                "key pair key; until an exercise begins network lan with a router, security group reachable",
            ),
            (
                "At most",
                f"{quota.instances} servers with {quota.ram} MiB, {quota.volumes} volumes with "
                f"{quota.gigabytes} GiB, {quota.floating_ips} floating IPs",
            ),
            *([("All yours", "cloud dietstack-admin in clouds.yaml is its administrator")] if alone else []),
        ],
        steps=[
            ("Open the link above, or scan it. It is yours alone: exercises, checks, your files.", ""),
            ("In a browser: Horizon, with the user, the password and the domain.", ""),
            (
                "On a command line, with the file clouds.yaml of your page:",
                "export OS_CLIENT_CONFIG_FILE=clouds.yaml OS_CLOUD=dietstack\nopenstack server list",
            ),
            (
                "Into a server, with the file id_ed25519 of your page:",
                "chmod 600 id_ed25519\nssh -i id_ed25519 dietguest@ITS_FLOATING_IP",
            ),
        ],
        note=classroom.plan.note,
    )


def html_of(handout: Handout) -> str:
    """HANDOUT for a browser; it needs no other file."""
    qr = segno.make(handout.link, error="m").svg_inline(scale=4, border=2)
    return TEMPLATES.get_template("handout.html").render(handout=handout, qr=qr)


def pdf_of(handout: Handout) -> bytes:
    """HANDOUT for a printer, on one page of A4."""
    pdf = FPDF()
    pdf.set_title(f"{handout.title}: {handout.seat}")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    pdf.set_font("helvetica", size=13)
    pdf.multi_cell(WIDTH - QR_SIZE - 5, LINE, handout.title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("helvetica", "B", 30)
    pdf.cell(text=handout.seat, h=16, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("courier", size=9)
    pdf.multi_cell(WIDTH - QR_SIZE - 5, 5, handout.link, link=handout.link, new_x="LMARGIN", new_y="NEXT")
    draw_qr(pdf, handout.link, MARGIN + WIDTH - QR_SIZE, MARGIN)
    pdf.set_y(MARGIN + QR_SIZE + 6)
    for label, value in handout.facts:
        pdf.set_font("helvetica", "B", 11)
        pdf.cell(LABEL_WIDTH, LINE, label)
        pdf.set_font("courier", size=11)
        pdf.multi_cell(WIDTH - LABEL_WIDTH, LINE, value, align="L", new_x="LMARGIN", new_y="NEXT")
    for number, (step, typed) in enumerate(handout.steps, 1):
        pdf.set_font("helvetica", size=11)
        pdf.ln(2)
        pdf.multi_cell(WIDTH, LINE, f"{number}. {step}", align="L", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("courier", size=10)
        if typed:
            pdf.multi_cell(WIDTH, 5, typed, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)
    draw_note(pdf, handout.note)
    return bytes(pdf.output())


def draw_note(pdf: FPDF, note: str) -> None:
    """Draw NOTE into what is left of the page of PDF, in letters as large as fit there."""
    for size in NOTE_SIZES:
        pdf.set_font("helvetica", size=size)
        line = LINE * size / NOTE_SIZES[0]
        height = pdf.multi_cell(WIDTH, line, note, align="L", dry_run=True, output=MethodReturnValue.HEIGHT)
        if pdf.get_y() + cast(float, height) <= pdf.h - MARGIN:
            break
    pdf.multi_cell(WIDTH, line, note, align="L")


def draw_qr(pdf: FPDF, text: str, left: float, top: float) -> None:
    """Draw TEXT as a QR code into PDF."""
    rows = list(segno.make(text, error="m").matrix_iter(border=0))
    size = QR_SIZE / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                pdf.rect(left + x * size, top + y * size, size, size, style="F")
