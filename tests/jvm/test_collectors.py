"""Two collectors of garbage in one process, each of which looks after its own heap."""

from __future__ import annotations

import pytest

from tests.jvm.programs import run

pytestmark = pytest.mark.jvm


def test_a_growing_python_program_does_not_collect_javas_heap() -> None:
    result = run(
        """
        import gc, jpype
        s = Scheduler()
        beans = jpype.JClass("java.lang.management.ManagementFactory").getGarbageCollectorMXBeans()
        full = next(each for each in beans if "MarkSweep" in str(each.getName()))
        before = int(full.getCollectionCount())
        grown = []
        for _ in range(5):
            grown += [bytes(4_000) for _ in range(20_000)]
            gc.collect()
        print(int(full.getCollectionCount()) - before)
        """
    ).check()
    assert result.stdout.split() == ["0"]


def test_collections_in_java_do_not_collect_pythons_objects() -> None:
    result = run(
        """
        import gc, jpype
        s = Scheduler()
        gc.set_threshold(0)
        begun = []
        gc.callbacks.append(lambda phase, info: begun.append(phase) if phase == "start" else None)
        references = jpype.JClass("java.lang.ref.ReferenceQueue")()
        for _ in range(60):
            gone = jpype.JClass("java.lang.ref.PhantomReference")(
                jpype.JClass("java.lang.Object")(), references
            )
            gc.collect()
            jpype.JClass("java.lang.System").gc()
            references.remove()
        print(len(begun))
        """
    ).check()
    # JPype asks for one before it learns that nobody tells it of the end.
    assert int(result.stdout) <= 60 + 1
