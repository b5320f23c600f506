"""Random returns in random models against the reference interpreter; the state is dumped and loaded after every step.

FUZZ_MODELS sets how many (default 1,000), FUZZ_SEED where to begin.
"""

import os
import random
from collections import Counter
from dataclasses import replace

import pytest

from app.engine import commands, effects, return_targets

from . import diagrams as d
from . import reference_returns as returns
from .reference import CODES, DATA, Block, Drawing, Generator, Leaf, World, choices_of
from .runs import Run, library
from .test_random_models import compare

MODELS = int(os.environ.get("FUZZ_MODELS", "500"))
FIRST = int(os.environ.get("FUZZ_SEED", "0"))
PACK = 50
STEPS = 50
ANYWHERE = '<zeebe:properties><zeebe:property name="returnTo" value="*"/></zeebe:properties>'
# What is said is kept with every task, and never stands; it approves what no answer changes, so that a straight return stays one: keeping it changes nothing.
KEPT = (
    ANYWHERE.replace("</zeebe:properties>", "")
    + "".join(
        f'<zeebe:property name="{name}" value="{value}"/>'
        for name, value in {"approves": "settled", "approvesWhen": "true", "stands": "result = -1"}.items()
    )
    + "</zeebe:properties>"
)


class Returning(Drawing):
    """Every user task may be returned to any task before it."""

    def draw_task(self, block: Block, loop: str) -> tuple[str, str, str]:
        return d.user(block.id, ANYWHERE + self.mapping(block), loop), block.id, block.id

    def draw_throw(self, block: Block, loop: str) -> tuple[str, str, str]:
        text, entry, leave = super().draw_throw(block, loop)
        return text.replace(d.user(block.id), d.user(block.id, ANYWHERE)), entry, leave


class Keeping(Returning):
    """Every task says something that might stand."""

    def draw_task(self, block: Block, loop: str) -> tuple[str, str, str]:
        return d.user(block.id, KEPT + self.mapping(block), loop), block.id, block.id


def play(seed: int, met: Counter[str], drawing: type[Drawing] = Returning) -> None:
    generator = Generator(seed)
    model = generator.block("seq", generator.make(4), generator.make(3))
    chance = random.Random(seed + 1)
    choices = choices_of(model, chance)
    models = library(*drawing(model).files)
    # A loop over nothing is passed in these models, as where nothing is declared.
    models.processes = {name: replace(process, declares=False) for name, process in models.processes.items()}
    run = Run(models, variables=choices, reload=seed % 2 == 0)
    world = World(model, choices)
    history: list[str] = []
    for step in range(STEPS):
        if world.unclear:
            return
        told = f"seed {seed} step {step} after {history[-8:]}"
        compare(run, world, told)
        tasks, jobs, waits = world.leaves("task"), world.leaves("job"), world.waits()
        if world.finished or not (tasks or jobs or waits):
            break
        choices = choices_of(model, chance)
        world.choices = choices
        for instance in run.current.instances():
            run.do(commands.SetVariables(choices, instance=instance.instance))
        result = {chance.choice(DATA): step, "result": step}
        kind = chance.choices(("return", "task", "job", "wait"), (3 * bool(tasks), 3 * bool(tasks), 3 * bool(jobs), 0.7 * bool(waits)))[0]
        if kind in ("return", "task"):
            leaf = chance.choice(tasks)
            index = [item for item in tasks if item.block.id == leaf.block.id].index(leaf)
            number = run.task(leaf.block.id, index)
            if kind == "return" and not returns.crowded(world) and (wish := choose(run, number, leaf, chance, told)) is not None:
                to, target, straight, items = wish
                history.append(f"return {leaf.block.id} to {to}{' straight' if straight else ''} {items or ''}")
                met[
                    f"{'straight' if straight else 'stepwise'} {'into' if len(target.route) > 1 else 'out' if target.scope is not leaf.scope() else 'within'}"
                ] += 1
                run.do(commands.Return(number, to, straight, items))
                returns.give_back(leaf, target, items, straight=straight)
                continue
            history.append(f"task {leaf.block.id}")
            seen = run.current.visible(number)
            assert {name: seen.get(name) for name in DATA} == {name: leaf.visible().get(name) for name in DATA}, told
            run.do(commands.CompleteTask(number, result))
            leaf.complete(result)
        elif kind == "job":
            leaf = chance.choice(jobs)
            index = [item for item in jobs if item.block.id == leaf.block.id].index(leaf)
            number = run.job(leaf.block.id, index)
            if chance.random() < 0.2:
                code = chance.choice((*CODES, "C"))
                history.append(f"error {code} at {leaf.block.id}")
                run.do(commands.ThrowError(number, code))
                leaf.fail(code)  # type: ignore[attr-defined]
            else:
                history.append(f"job {leaf.block.id}")
                run.do(commands.CompleteJob(number, result))
                leaf.complete(result)
        else:
            watch = chance.choice(waits)
            index = [item for item in waits if item.shown == watch.shown].index(watch)
            history.append(f"{watch.event.kind} {watch.shown}")
            number = run.wait(watch.shown, index)
            run.do(commands.FireTimer(number) if watch.event.kind in ("timer", "cycle") else commands.Deliver(number))
            watch.node.happen(watch)
    if not world.unclear:
        compare(run, world, f"seed {seed} at the end after {history[-8:]}")
    check_rounds(run)


def choose(run: Run, number: int, leaf: Leaf, chance: random.Random, told: str) -> tuple[str, returns.Target, bool, list[int]] | None:
    """Both agree on what is possible; one of it, or none."""
    expected = returns.targets(leaf)
    found = {target.element_id: target for target in return_targets(run.current, number)}
    assert {id: (target.instances, target.stepwise) for id, target in found.items()} == {
        id: (target.items, target.stepwise) for id, target in expected.items()
    }, f"{told}: {leaf.block.id}"
    if not expected:
        return None
    to = chance.choice(sorted(expected))
    target = expected[to]
    straight = not target.stepwise or chance.random() < 0.4
    items = sorted(chance.sample(target.items, chance.randint(0, len(target.items))))
    return to, target, straight, items


def check_rounds(run: Run) -> None:
    """The rounds of an element in one scope instance begin with 1 and go on one by one; only a return lets one stay."""
    rounds: dict[tuple[int, int, str], int] = {}
    kept: set[tuple[int, str]] = set()
    for effect in run.effects:
        if isinstance(effect, effects.Returned):
            kept |= {(effect.target_instance, name) for name in effect.reopened}
        if not isinstance(effect, effects.ElementEntered) or effect.element_type != "userTask" or effect.loop_counter is not None:
            continue
        place = (effect.instance, effect.scope, effect.element_id)
        before = rounds.get(place, 0)
        reopened = (effect.instance, effect.element_id)
        assert effect.round == before + 1 or (effect.round == before and reopened in kept), place
        if effect.round == before:
            kept.discard(reopened)
        rounds[place] = effect.round


@pytest.mark.parametrize("first", range(FIRST, FIRST + MODELS, PACK))
def test_random_returns_behave_as_the_reference_says(first):
    met: Counter[str] = Counter()
    for seed in range(first, min(first + PACK, FIRST + MODELS)):
        play(seed, met)
    assert {"stepwise within", "straight within"} <= set(met), met


@pytest.mark.parametrize("first", range(FIRST, FIRST + MODELS // 5, PACK))
def test_keeping_what_was_said_changes_nothing_of_them(first):
    met: Counter[str] = Counter()
    for seed in range(first, min(first + PACK, FIRST + MODELS // 5)):
        play(seed, met, Keeping)
    assert {"stepwise within", "straight within"} <= set(met), met
