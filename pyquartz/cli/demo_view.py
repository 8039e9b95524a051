"""The demo on the screen: a live view in a terminal, elsewhere plain lines of the same story."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from .demo_story import Story, clock
from .report import print_table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

_NAME_WIDTH = 11
_HEADS = ("Trigger", "Its misfire policy", "What happened")
_LOOKS_A_LINE = 4


class View(Protocol):
    """Shows the story as it goes on."""

    def show_title(self) -> None:
        """Show that an act begins."""

    def show(self, event: dict[str, Any]) -> None:
        """Show what a process has told."""

    def refresh(self) -> None:
        """Show how time goes by."""

    def show_end(self) -> None:
        """Show what was seen."""


@contextmanager
def make_view(story: Story) -> Iterator[View]:
    """Give the view that fits where stdout goes."""
    if not sys.stdout.isatty():
        yield PlainView(story)
        return
    from rich.console import Console
    from rich.live import Live

    console = Console()
    view = LiveView(story, console)
    with Live(get_renderable=view.render, console=console, refresh_per_second=8):
        yield view
    view.show_summary()


def _line(event: dict[str, Any]) -> str:
    if event["event"] == "log":
        return f"{'':8}  {event['level']:12}  {event['text']}"
    return f"{clock(event['at'])}  {event['trigger']:12}  {event['text']}"


class PlainView:
    """Lines, one after the other."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._looks = 0

    def show_title(self) -> None:
        """Show that an act begins."""
        self._say(f"\n== {self._story.number}. {self._story.act.title}")

    def show(self, event: dict[str, Any]) -> None:
        """Show what a process has told."""
        kind = event["event"]
        if kind == "made":
            self._say(f"process {event['pid']}, Quartz {event['quartz']}, store {event['store']}")
        elif kind == "missed":
            self._say(
                f"missed    {event['trigger']:12}  {event['count']} (misfire={event['policy']!r})"
            )
        elif kind in ("ran", "log"):
            self._say(_line(event))
        elif kind == "state":
            self._say_state(event)
        elif kind == "stopped":
            self._say(f"{clock(event['at'])}  stopped")

    def refresh(self) -> None:
        """Show nothing: lines do not move."""

    def show_end(self) -> None:
        """Show what was seen."""
        self._say(f"\n== {self._story.number + 1}. What became of what was missed")
        _print_summary(self._story)

    def _say_state(self, state: dict[str, Any]) -> None:
        coming = ", ".join(f"{n['trigger']} {clock(n['time'])}" for n in state["next"][:3])
        self._looks += 1
        # Each look would drown what fires.
        if self._looks % _LOOKS_A_LINE == 1:
            self._say(
                f"{'':8}  next: {coming}; in the store: {state['jobs']} jobs, "
                f"{state['triggers']} triggers"
            )

    @staticmethod
    def _say(text: str) -> None:
        print(text, flush=True)


class LiveView:
    """A picture that is drawn again and again: what fired, what comes next, the store's state."""

    def __init__(self, story: Story, console: Console) -> None:
        self._story = story
        self._console = console

    def show_title(self) -> None:
        """Leave the act's title above the picture."""
        story = self._story
        self._console.print(f"[bold cyan]{story.number}.[/] [bold]{story.act.title}[/]")

    def show(self, event: dict[str, Any]) -> None:
        """Show nothing at once: the picture is drawn often enough."""

    def refresh(self) -> None:
        """Show nothing at once: the picture is drawn often enough."""

    def show_end(self) -> None:
        """Show what was seen, below the picture."""

    def show_summary(self) -> None:
        """Show what was seen, when the picture stands still."""
        _print_summary(self._story)

    def render(self) -> RenderableType:
        """Draw the picture."""
        from rich.console import Group
        from rich.panel import Panel
        from rich.table import Table

        body = Table.grid(expand=True, padding=(0, 1))
        body.add_column(ratio=3)
        body.add_column(ratio=2)
        body.add_row(
            Panel(self._fired(), title="What fired", height=17),
            Panel(self._coming(), title="What comes next", height=17),
        )
        return Group(Panel(self._state(), title="The store"), body)

    def _state(self) -> str:
        from rich.markup import escape

        story, state = self._story, self._story.state
        if not story.act.node:
            return f"{escape(story.store)}\n[yellow]no process; nothing runs[/]"
        if not state:
            return f"{escape(story.store)}\n[dim]starting ...[/]"
        return (
            f"{escape(story.store)}, Quartz {story.node['quartz']}, process {story.node['pid']}: "
            f"[green]{state['scheduler']}[/]\n"
            f"{state['jobs']} jobs, {state['triggers']} triggers ({', '.join(state['states'])}), "
            f"{state['executed']} runs here, now running: {', '.join(state['running']) or '-'}"
        )

    def _fired(self) -> Table:
        from rich.text import Text

        table = _grid()
        for event in list(self._story.recent):
            failed = event["event"] == "log"
            table.add_row(
                "" if failed else clock(event["at"]),
                Text(event["level"].lower() if failed else event["trigger"], style="bold"),
                Text(event["text"], style="red" if failed else "", overflow="ellipsis"),
            )
        return table

    def _coming(self) -> Table:
        from rich.text import Text

        table, now = _grid(), datetime.now(timezone.utc)
        for fire in self._story.state.get("next", ()):
            left = (datetime.fromisoformat(fire["time"]) - now).total_seconds()
            table.add_row(
                f"{max(left, 0):4.1f} s",
                Text(fire["trigger"], style="bold"),
                Text(fire["when"], style="dim", overflow="ellipsis"),
            )
        return table


def _grid() -> Table:
    from rich.table import Table

    # Only the last column gives way: a time or a name that is cut says nothing.
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True, min_width=8)
    table.add_column(no_wrap=True, min_width=_NAME_WIDTH)
    table.add_column(no_wrap=True, ratio=1)
    return table


def _print_summary(story: Story) -> None:
    print_table(
        _HEADS,
        [(m.trigger, f"{m.policy}: {m.meaning}", m.outcome()) for m in story.missed.values()],
    )
    print(story.verdict(), flush=True)
