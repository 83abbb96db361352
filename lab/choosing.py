"""Which lab a person means, and the new one that they want."""

from lab.doctor import examine
from lab.doctor.finding import ALL, HERE, PROVIDERS
from lab.errors import Refused
from lab.labs import Lab, all_labs, create_lab, find_lab, full_name, lab_called, labs_directory
from lab.provider.byname import provider_called
from lab.scenario import Scenario
from lab.scenario_file import load_scenario
from lab.settings import STATE


def chosen_lab(name: str = "") -> Lab:
    """The lab called NAME; without a name the only one that there is. Refused when that is not clear."""
    if name:
        return find_lab(name)
    labs = all_labs()
    if len(labs) == 1:
        return labs[0]
    names = ", ".join(lab.name for lab in labs) or "none; `dslab up` makes one"
    raise Refused("lab", "", f"name one of those that there are: {names}")


def stale_labs(besides: str = "") -> list[Lab]:
    """The labs that dead runs left, the one BESIDES which they are looked for left out."""
    return [lab for lab in all_labs() if lab.is_stale and lab.name != besides]


def wanted_lab(scenario: str, provider: str = "", name: str = "", computes: int | None = None) -> Lab:
    """The lab called NAME (like its scenario by default): the one that there is, or a new one.

    A new one has so many COMPUTES, if given; the one that there is keeps those that it has.
    """
    wanted = load_scenario(scenario)
    there = lab_called(name or wanted.name)
    if there is None:
        wanted = wanted if computes is None else wanted.with_computes(computes)
        return new_lab(wanted, provider, name)
    refuse_another(there, wanted, provider)
    return there


def refuse_another(there: Lab, wanted: Scenario, provider: str) -> None:
    """Raise Refused unless the lab that is THERE is of the scenario and of the provider, if any, wanted."""
    allowed_by(wanted, provider)
    if there.scenario.name != wanted.name or provider not in {"", there.provider}:
        mend = f"it is {there.scenario.name} on {there.provider}; give another --name, or remove it"
        raise Refused("lab", there.name, mend)


def new_lab(scenario: Scenario, provider: str = "", name: str = "") -> Lab:
    """A new lab of SCENARIO on PROVIDER, or on the one that the doctor takes; the rest as in `create_lab`.

    Refused, with the doctor's mend, when it could not work on this host.
    """
    chosen = provider_for(scenario, provider)
    refuse_name_of_others(name or scenario.name, scenario, chosen)
    return create_lab(scenario, chosen, name)


def provider_for(scenario: Scenario, provider: str = "", labs: int = 1) -> str:
    """PROVIDER, or the one that the doctor takes, for so many LABS of SCENARIO; or Refused with its mend."""
    allowed = allowed_by(scenario, provider)
    if scenario.local:
        refuse_to_own_a_cloud_that_is_there(scenario)
    examination = examine(scenario, labs=labs, allowed=allowed)
    if examination.choice.provider is None:
        raise examination.refusal(provider)
    return examination.choice.provider


def refuse_to_own_a_cloud_that_is_there(scenario: Scenario) -> None:
    """Raise Refused if this machine has a cloud: with a lab of SCENARIO, all in it would be removed."""
    if (STATE / "settings.sh").exists():
        why = f"this machine has a cloud ({STATE}), which would be removed with the lab"
        raise Refused("scenario", scenario.name, f"{why}; if it may go: ./destroyds.sh")


def refuse_name_of_others(name: str, scenario: Scenario, provider: str) -> None:
    """Raise Refused if a lab of another user already has on PROVIDER what one called NAME would have."""
    wanted = {full_name(name, machine) for machine in scenario.machines}
    for thing in provider_called(provider).belongings():
        if thing.name in wanted and thing.lab != labs_directory() / name:
            raise Refused("lab", name, f"{thing} belongs to the one in {thing.lab}; give another --name")


def allowed_by(scenario: Scenario, provider: str) -> frozenset[str]:
    """The providers to choose from for who wants SCENARIO on PROVIDER, or does not care; or Refused."""
    if scenario.local and provider not in {"", HERE}:
        raise Refused("provider", provider, "the scenario is this very machine; leave the provider out")
    if not scenario.local and provider not in {"", *PROVIDERS}:
        raise Refused("provider", provider, f"give one of {', '.join(PROVIDERS)}")
    return frozenset({provider}) if provider else ALL
