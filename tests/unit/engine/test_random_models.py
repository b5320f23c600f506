"""Random models against the reference interpreter. FUZZ_MODELS sets how many (default 1,000), FUZZ_SEED where to begin."""

import os
import random

import pytest

from app.engine import commands

from .reference import CODES, DATA, Drawing, Generator, World, choices_of
from .runs import Run, library

MODELS = int(os.environ.get("FUZZ_MODELS", "1000"))
FIRST = int(os.environ.get("FUZZ_SEED", "0"))
PACK = 50
STEPS = 60
SEEN = (*DATA, "loopCounter")


def ids(items: list) -> list[str]:
    return sorted(item.element_id for item in items)


def compare(run: Run, world: World, told: str) -> None:
    __tracebackhide__ = True
    assert run.done == world.finished, f"{told}: completed {run.done}, expected {world.finished}"
    assert run.open == sorted(leaf.block.id for leaf in world.leaves("task")), told
    assert ids(list(run.jobs.values())) == sorted(leaf.block.id for leaf in world.leaves("job")), told
    assert run.waiting == sorted(watch.shown for watch in world.waits()), told
    assert len(run.incidents) == world.stuck(), f"{told}: {run.troubles}"


def play(seed: int) -> int:
    """One model; the number of steps made."""
    generator = Generator(seed)
    model = generator.block("seq", generator.make(4), generator.make(3))
    chance = random.Random(seed + 1)
    choices = choices_of(model, chance)
    run = Run(library(*Drawing(model).files), variables=choices, reload=seed % 3 == 0)
    world = World(model, choices)
    history: list[str] = []
    collections = [f"out_{block.id}" for block in model.walk() if block.kind == "multi"]
    for step in range(STEPS):
        if world.unclear:
            assert "UNHANDLED_ERROR_EVENT" in {kind for _, kind in run.troubles}
            return len(history)
        compare(run, world, f"seed {seed} step {step} after {history[-6:]}")
        tasks, jobs, waits = world.leaves("task"), world.leaves("job"), world.waits()
        if world.finished or not (tasks or jobs or waits):
            break
        choices = choices_of(model, chance)
        world.choices = choices
        for instance in run.current.instances():
            run.do(commands.SetVariables(choices, instance=instance.instance))
        kind = chance.choices(("task", "job", "wait"), (3 * bool(tasks), 3 * bool(jobs), 1 * bool(waits)))[0]
        result = {chance.choice(DATA): step, "result": step}
        if collections and chance.random() < 0.3:
            # What the engine keeps for itself is not theirs to write.
            result |= {
                chance.choice(collections): chance.choice((None, step, "abc", [step], {"a": step})),
                "loopCounter": chance.choice((0, 99, "x")),
            }
        if kind == "task":
            leaf = chance.choice(tasks)
            index = [item for item in tasks if item.block.id == leaf.block.id].index(leaf)
            number = run.task(leaf.block.id, index)
            seen = run.current.visible(number)
            assert {name: seen.get(name) for name in SEEN} == {name: leaf.visible().get(name) for name in SEEN}, (
                f"seed {seed} step {step} {leaf.block.id}"
            )
            history.append(f"task {leaf.block.id}")
            run.do(commands.CompleteTask(number, result))
            leaf.complete(result)
        elif kind == "job":
            leaf = chance.choice(jobs)
            index = [item for item in jobs if item.block.id == leaf.block.id].index(leaf)
            number = run.job(leaf.block.id, index)
            if chance.random() < 0.3:
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
    if world.unclear:
        return len(history)
    compare(run, world, f"seed {seed} at the end after {history[-6:]}")
    names = {*DATA, "result", *(f"out_{block.id}" for block in model.walk() if block.kind == "multi")}
    found = {name: value for name, value in run.variables.items() if name in names}
    assert found == {name: value for name, value in world.root.variables.items() if name in names}, f"seed {seed} after {history}"
    return len(history)


@pytest.mark.parametrize("first", range(FIRST, FIRST + MODELS, PACK))
def test_random_models_behave_as_the_reference_says(first):
    steps = sum(play(seed) for seed in range(first, min(first + PACK, FIRST + MODELS)))
    assert steps > 0
