"""Classes made, grown and removed, and single seats set up anew."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from lab.api import cloud_answers
from lab.choosing import provider_for, refuse_name_of_others
from lab.classroom import beginning, work
from lab.classroom.arithmetic import refuse_what_does_not_fit
from lab.classroom.classes import Classroom, class_called, create_class, forget_class, hold_class, hold_seat
from lab.classroom.files import write_files
from lab.classroom.plan import Kind, Plan
from lab.classroom.plan_file import scenario_of
from lab.classroom.project_seat import change_quota, opened, projects_in, set_up
from lab.classroom.seat import Seat, SeatState
from lab.deadline import Deadline
from lab.errors import LabError, Layer, Refused
from lab.exercise import Access, Exercise
from lab.holding import hold, share
from lab.labs import Lab, all_labs, create_lab, find_lab, lab_called, lab_directories
from lab.report import Report
from lab.scenario import MACHINE_STAGE
from lab.up import bring_up, take_down

SEATS_AT_ONCE = 4
# What an exercise says that it takes, and what that is in a quota; its servers have one processor each.
TAKEN_OF_QUOTA = (
    ("servers", "instances"),
    ("servers", "cores"),
    ("memory", "ram"),
    ("floating_ips", "floating_ips"),
    ("volumes", "volumes"),
    ("snapshots", "snapshots"),
    ("gigabytes", "gigabytes"),
)


def bring_class_up(plan: Plan, report: Report) -> Classroom:
    """The class of PLAN with all its seats ready; what is there already stays as it is.

    May be interrupted at any moment and called again, also after a reboot of the host. Raises Refused before
    anything is changed, LabError that names the seats which failed; the others are ready.
    """
    with hold_class(plan.name):
        there = class_called(plan.name)
        refuse_another(plan, there)
        refuse_exercises(plan)
        seats = len(there.seats) if there else 0
        wanted = max(plan.seats, seats) + plan.spares
        provider = refuse_what_cannot_be(plan, there, wanted)
        classroom = there.save(plan=plan) if there else create_class(plan)
        make_seats(classroom, plan.seats, plan.spares)
        make_ready(classroom, classroom.all_seats, provider, report)
    return classroom


def add_seat(classroom: Classroom, report: Report) -> Seat:
    """A seat more: a spare one, which is ready, or else one that never was, or a new one.

    Raises Refused, or LabError; called again then, it goes on with the same seat.
    """
    with hold_class(classroom.name):
        ready = [seat for seat in classroom.spares if seat.state is SeatState.READY]
        if ready:
            return ready[0].save(spare=False)
        begun = [seat for seat in classroom.all_seats if seat.was_never_ready]
        wanted = len(classroom.seat_names) + (0 if begun else 1)
        provider = refuse_what_cannot_be(classroom.plan, classroom, wanted)
        seat = begun[0].save(spare=False) if begun else classroom.new_seat(spare=False)
        make_ready(classroom, [seat], provider, report)
        return classroom.seat(seat.name)


def reset_seat(classroom: Classroom, name: str, report: Report) -> None:
    """Let the seat called NAME be as new: all that is in it goes, and nothing of the others is touched.

    The exercise that is under way there ends. The credentials stay, and what was passed. Refused, with all as
    it is, while somebody is at work with its lab, or when what its own lab was at first cannot be had again.
    """
    with hold_seat(classroom, name) as seat, cloud_answers():
        take_its_time(classroom)
        if classroom.plan.kind is Kind.LAB:
            have_lab_again(classroom, seat, report)
            if has_project(seat, lab := find_lab(seat.lab)):
                with share(lab):
                    change_quota(lab, seat, classroom.plan.quota)  # the plan may have had another then
                    call_ready(classroom, seat)
                return
        make_anew(classroom, seat, report)


def have_lab_again(classroom: Classroom, seat: Seat, report: Report) -> None:
    """Let the lab that SEAT of CLASSROOM has alone be as it was first; its exercise has ended with that."""
    with hold(find_lab(seat.lab)) as lab:
        seat.save(state=SeatState.MAKING)
        try:
            beginning.have_again(lab, report)
        except Refused:
            seat.save()  # or what its learner made would be taken for what comes first
            raise
    work.forget(classroom, seat)


def take_class_down(classroom: Classroom, report: Report) -> None:
    """Remove CLASSROOM with its labs, its seats and their files."""
    with hold_class(classroom.name):
        for name in classroom.labs:
            if lab_called(name):
                with hold(find_lab(name)) as lab:
                    take_down(lab, report)
        forget_class(classroom)


def take_its_time(classroom: Classroom) -> None:
    """Let all that is awaited from now on take as long as in the slowest lab of CLASSROOM."""
    labs = filter(None, map(lab_called, classroom.labs))
    Deadline.slowness = max((lab.slowness for lab in labs), default=1.0)


def refuse_another(plan: Plan, there: Classroom | None) -> None:
    """Raise Refused if the class that is THERE cannot become the one of PLAN, or a lab is in its way."""
    if there is None:
        if lab := next(filter(plan.may_call, (folder.name for folder in lab_directories())), None):
            mend = f"there is a lab called {lab}; call the class otherwise, or: dslab down {lab}"
            raise Refused("class", plan.name, mend)
        return
    for key in ("kind", "scenario"):
        now, wanted = getattr(there.plan, key), getattr(plan, key)
        if now != wanted:
            mend = f"class {plan.name} is there with {now}; keep that, or: dslab class down {plan.name}"
            raise Refused(key, str(wanted), mend)
    for refusal in there.unreadable_seats:
        raise refusal


def refuse_exercises(plan: Plan) -> None:
    """Raise Refused for an exercise of PLAN that there is not, or that cannot be done at its seats."""
    there = work.exercises_there()
    for name in plan.exercises:
        if name not in there:
            raise Refused("exercises", name, f"there are {', '.join(there) or 'none'}")
        refuse_what_seats_lack(there[name], plan)


def refuse_what_seats_lack(exercise: Exercise, plan: Plan) -> None:
    """Raise Refused if seats of PLAN have not what EXERCISE needs."""
    name, needs, computes = exercise.name, exercise.needs, len(scenario_of(plan).compute_machines)
    if needs.access is Access.MACHINES:
        whose = f"it is for who has a lab of their own (dslab exercise start {name}); leave it out"
        raise Refused("exercises", name, f"no seat has a way into the machines; {whose}")
    if needs.access is Access.CLOUD and plan.kind is Kind.PROJECT:
        mend = "it needs the administrator of a cloud, which seats share; set kind to lab, or leave it out"
        raise Refused("exercises", name, mend)
    if needs.computes > computes:
        has = f"it needs {needs.computes} machines that only compute, {plan.scenario} has {computes}"
        raise Refused("exercises", name, f"{has}; take another scenario, or leave it out")
    for key, of_quota in TAKEN_OF_QUOTA:
        needed, given = getattr(needs, key), getattr(plan.quota, of_quota)
        if needed > given:
            mend = f"exercise {name} takes {needed}; give that much, or leave the exercise out"
            raise Refused(f"quota.{of_quota}", given, mend)


def refuse_what_cannot_be(plan: Plan, there: Classroom | None, seats: int) -> str:
    """The provider of labs that are missing for so many SEATS; Refused unless they and their labs fit."""
    scenario = scenario_of(plan)
    refuse_what_does_not_fit(plan, scenario, all_labs(), seats)
    existing = [lab for name in (there.labs if there else ()) if (lab := lab_called(name))]
    for lab in existing:
        if lab.keeps_stages:
            why = "is not of the class: its password may be that of other labs"
            raise Refused("class", plan.name, f"lab {lab.name} {why}; remove it: dslab down {lab.name}")
    missing = (1 if plan.kind is Kind.PROJECT else seats) - len(existing)
    if missing <= 0:
        return existing[0].provider
    provider = existing[0].provider if existing else ""
    return provider_for(scenario, "" if scenario.local else provider, missing)


def make_seats(classroom: Classroom, seats: int, spares: int) -> None:
    """Let CLASSROOM have at least so many SEATS and SPARES, by their files."""
    for _ in range(seats - len(classroom.seats)):
        classroom.new_seat(spare=False)
    for _ in range(spares - len(classroom.spares)):
        classroom.new_seat(spare=True)


def make_ready(classroom: Classroom, seats: Sequence[Seat], provider: str, report: Report) -> None:
    """Let SEATS of CLASSROOM have their labs, on PROVIDER if they are missing, then what is in those.

    Raises LabError at last that names each seat which failed, and why.
    """
    failures: dict[str, str] = {}
    # One after the other: each of them takes all processors while it comes up.
    for lab in dict.fromkeys(seat.lab for seat in seats):
        with noting(lab, failures):
            make_lab(classroom, lab, provider, report)
    names = {seat.name for seat in seats if seat.lab not in failures}
    able = [seat for seat in classroom.all_seats if seat.name in names]
    with ThreadPoolExecutor(max_workers=SEATS_AT_ONCE) as pool:
        try:
            list(pool.map(lambda seat: make_seat_ready(classroom, seat, failures, report), able))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if failures:
        raise LabError(Layer.SERVICE, "\n".join(f"{name}: {why}" for name, why in failures.items()))


def make_lab(classroom: Classroom, name: str, provider: str, report: Report) -> None:
    """Let the lab called NAME of CLASSROOM be up and ready; its seats are made anew if it never was.

    It is as it was first where the reset of the seat that has it did not come to its end.
    """
    scenario = scenario_of(classroom.plan)
    lab = lab_called(name)
    if lab is None:
        refuse_name_of_others(name, scenario, provider)
        lab = create_lab(scenario, provider, name, keeps_stages=False)
    is_new = lab.stage != lab.scenario.stage_names[-1]
    seats = [seat for seat in classroom.all_seats if seat.lab == name]
    if is_new:
        seats = [seat.save(state=SeatState.MAKING) for seat in seats]
        for seat in seats:
            work.forget(classroom, seat)
    half_reset = [] if is_new else [seat for seat in seats if is_half_reset(classroom, seat, lab)]
    for seat in half_reset:
        with hold(lab) as held:
            # What is deployed may be broken, and wait for what does not come.
            bring_up(held, report, servers=False, until=MACHINE_STAGE)
        have_lab_again(classroom, seat, report)
    with hold(lab) as held:
        bring_up(held, report, servers=is_new)


def is_half_reset(classroom: Classroom, seat: Seat, lab: Lab) -> bool:
    """Whether SEAT of CLASSROOM was ready once, and a reset of its own LAB did not come to its end."""
    was_ready = seat.state is SeatState.MAKING and not seat.was_never_ready
    return classroom.plan.kind is Kind.LAB and was_ready and beginning.is_kept(lab)


def make_seat_ready(classroom: Classroom, seat: Seat, failures: dict[str, str], report: Report) -> None:
    """Make SEAT of CLASSROOM ready, or let one that is have what the plan says now; FAILURES notes errors."""
    with noting(seat.name, failures):
        with share(lab := find_lab(seat.lab)):  # or it is restored meanwhile
            if seat.state is SeatState.READY and has_project(seat, lab):
                write_files(classroom, give_quota(classroom, seat, lab), lab)
                return
        if seat.state is SeatState.READY:
            work.forget(classroom, seat)  # it has gone with the project
        make_anew(classroom, seat, report)


def has_project(seat: Seat, lab: Lab) -> bool:
    """Whether the cloud of LAB has the project of SEAT; one that was restored may be older than that."""
    with cloud_answers():
        return seat.user in projects_in(lab)


def give_quota(classroom: Classroom, seat: Seat, lab: Lab) -> Seat:
    """Let SEAT, which is in LAB, have the quota of CLASSROOM; returns it as it is now.

    While an exercise is under way there, it keeps the one that it has: exercises may change it, and give back
    what they found.
    """
    quota = classroom.plan.quota
    if seat.quota == quota or work.under_way(classroom, seat):
        return seat
    with cloud_answers():
        change_quota(lab, seat, quota)
    return seat.save(quota=quota)


def make_anew(classroom: Classroom, seat: Seat, report: Report) -> None:
    """Let SEAT of CLASSROOM, whose lab is ready, be as a learner finds it first; its exercise ends."""
    lab = find_lab(seat.lab)
    with share(lab), report.stage(seat.name) as stage, cloud_answers():
        exercise = work.under_way(classroom, seat)
        seat.save(state=SeatState.MAKING)  # and not before: who is refused has lost nothing
        if exercise:
            stage.waiting_for(f"the end of {exercise.name}")
            with opened(lab, seat):
                work.end(classroom, seat, exercise)
        set_up(lab, seat, classroom.plan.quota, stage)
    is_untouched = seat.state is SeatState.MAKING
    if classroom.plan.kind is Kind.LAB and is_untouched:
        with hold(lab) as held:
            beginning.keep(held, report)
    call_ready(classroom, seat)


def call_ready(classroom: Classroom, seat: Seat) -> None:
    """Let SEAT, whose project has the quota of CLASSROOM, be ready, with its files."""
    given = seat.model_copy(update={"quota": classroom.plan.quota, "state": SeatState.READY})
    write_files(classroom, given, find_lab(seat.lab))
    given.save()


@contextmanager
def noting(name: str, failures: dict[str, str]) -> Iterator[None]:
    """While the block runs, what goes wrong is noted in FAILURES as that of NAME; the others go on."""
    try:
        yield
    except (LabError, Refused, OSError) as error:
        failures[name] = str(error)
