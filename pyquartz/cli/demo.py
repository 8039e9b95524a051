"""The command ``demo``: a schedule in a file, two processes one after the other, and the story.

Each act is a process of its own, so that what the second one knows can only come from the store.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Annotated, Any

import typer

from ..errors import PyQuartzError
from . import options
from .demo_story import Act, Story, acts
from .demo_view import View, make_view

_LOOK_SECONDS = 0.25


class DemoError(PyQuartzError):
    """The demo could not be shown."""


def demo(
    store: options.Store = None,
    seconds: Annotated[float, typer.Option(min=8, help="How long it takes, about.")] = 20.0,
    verbose: options.Verbose = False,
) -> None:
    """Watch Python jobs fire out of a store, and a schedule that survives its process."""
    with _address(store) as address:
        story = Story(address.partition(":")[0])
        with make_view(story) as view:
            for act in acts(seconds):
                story.begin(act)
                view.show_title()
                if act.node:
                    _play(act, address, view, story, verbose)
                else:
                    _wait(act.seconds, view)
            view.show_end()


@contextmanager
def _address(store: str | None) -> Iterator[str]:
    if store:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="pyquartz-demo-") as folder:
        yield f"h2://{folder}/demo"


def _wait(seconds: float, view: View) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        view.refresh()
        time.sleep(_LOOK_SECONDS)


def _play(act: Act, address: str, view: View, story: Story, verbose: bool) -> None:
    """Run an act's process to its end, and show what it tells."""
    with tempfile.TemporaryFile("w+") as noise:
        node = subprocess.Popen(
            [
                sys.executable,
                *("-m", f"{__package__}.demo_node"),
                *(act.node, str(act.seconds), str(act.pause)),
            ],
            # Not among the arguments, which everybody on the machine can read.
            env={**os.environ, "PYQUARTZ_STORE": address},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if verbose else noise,
            encoding="utf-8",
        )
        try:
            assert node.stdout is not None, "it is opened as a pipe"
            _listen(node.stdout, view, story)
            code = node.wait()
        finally:
            if node.poll() is None:
                node.terminate()
                node.wait()
        if code or story.error:
            noise.seek(0)
            last = noise.read().strip().rpartition("\n")[2] or f"exit code {code}"
            raise DemoError(story.error or f"the demo's process failed, see --verbose: {last}")


def _listen(lines: IO[str], view: View, story: Story) -> None:
    for line in lines:
        event: dict[str, Any] = json.loads(line)
        story.take(event)
        view.show(event)
