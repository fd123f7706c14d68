"""Whatever stops a run: what is there is whole, and the same command ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random

import attrs
import portfolio_runs as runs
import pytest

from policyengine.decision.columns import DecidedColumns
from policyengine.diagnostics import PortfolioError
from policyengine.facts.columns import FactColumns
from policyengine.ir.program import Program
from policyengine.portfolio.run import parts
from policyengine.portfolio.run.run import run

ROWS = 1230
TESTS = Path(__file__).parent.parent.parent
FILES = ("out.parquet", "out.parquet.rejects.csv", "out.parquet.rules.json")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a run writes that nothing stops."""
    folder = tmp_path_factory.mktemp("whole")
    given = runs.write(runs.loans(ROWS), folder / "loans.parquet")
    run(runs.order(given, folder / "out.parquet"))
    return contents(folder)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    return runs.write(runs.loans(ROWS), tmp_path / "loans.parquet")


def contents(folder: Path) -> dict[str, bytes]:
    """Return what was written, without the path of the input."""
    return {
        name: (folder / name).read_bytes().replace(str(folder).encode(), b".") for name in FILES
    }


def held(folder: Path, whole: dict[str, bytes]) -> None:
    """Hold what was written against what is written without a stop; nothing else is left."""
    assert contents(folder) == whole
    assert {path.name for path in folder.iterdir()} == {"loans.parquet", *FILES}


def nothing_half(folder: Path) -> None:
    """No file stands under a final name, unless it is whole: the output comes last."""
    assert not (folder / "out.parquet").exists()


def started(given: Path, pause: float, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(TESTS / "portfolio_runs.py"), str(given)]
    command += [str(given.with_name("out.parquet")), str(pause), *more]
    return subprocess.Popen(  # noqa: S603  # our own
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def told(process: subprocess.Popen[str], rows: int) -> None:
    """Wait until a run says that it has come so far."""
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= rows:
            return


@pytest.mark.parametrize("seed", range(2))
def test_a_kill_at_any_moment(given: Path, whole: dict[str, bytes], seed: int) -> None:
    """Killed again and again, at moments of chance: after some rows, and a little later."""
    random = Random(seed)
    for _ in range(3):
        process = started(given, 0.02)
        told(process, random.randrange(0, ROWS))
        time.sleep(random.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:
            break
        if (given.parent / "out.parquet").exists():  # killed between the output and the end
            assert contents(given.parent)[FILES[0]] == whole[FILES[0]]
            break
    done = run(runs.order(given, given.with_name("out.parquet"), overwrite=True))
    assert done.tally.decided + done.tally.rejected == ROWS
    held(given.parent, whole)


def test_finished_parts_are_not_made_again(given: Path, whole: dict[str, bytes]) -> None:
    counting = Counting(stop_after=9)
    with pytest.raises(KeyboardInterrupt):
        run(runs.order(given, given.with_name("out.parquet"), evaluator=counting))
    nothing_half(given.parent)
    again = Counting()
    done = run(runs.order(given, given.with_name("out.parquet"), evaluator=again))
    assert done.resumed == 400  # nine batches make four parts, and half a part that is lost
    assert again.batches == len(range(400, ROWS, runs.BATCH))
    held(given.parent, whole)


@attrs.define
class Counting(runs.Quick):
    """Counts its batches, and stops like Ctrl-C in the one after so many."""

    stop_after: int | None = None
    batches: int = 0

    def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
        if self.batches == self.stop_after:
            raise KeyboardInterrupt
        self.batches += 1
        return runs.Quick.decide(self, program, facts)


def test_ctrl_c_in_the_process(given: Path, whole: dict[str, bytes]) -> None:
    process = started(given, 0.05)
    told(process, 300)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode not in (0, 1)
    nothing_half(given.parent)
    left = {path.name for path in (given.parent / "out.parquet.parts").iterdir()}
    assert not [name for name in left if name.endswith(".unfinished")]
    assert run(runs.order(given, given.with_name("out.parquet"))).resumed >= 200
    held(given.parent, whole)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: runs.write(runs.loans(ROWS, bad=11), given),
        lambda given: runs.write(runs.loans(ROWS + 1), given),
    ],
)
def test_a_changed_input_starts_anew(given: Path, change: Callable[[Path], Path]) -> None:
    stopped(given, 9)
    change(given)
    done = run(runs.order(given, given.with_name("out.parquet")))
    assert (done.resumed, done.afresh) == (0, True)
    other = given.with_name("other.parquet")
    run(runs.order(given, other))
    assert other.read_bytes() == given.with_name("out.parquet").read_bytes()


def test_another_day_starts_anew(given: Path) -> None:
    stopped(given, 9)
    order = runs.order(given, given.with_name("out.parquet"), as_of=date(2024, 11, 21))
    done = run(order)
    assert (done.resumed, done.afresh) == (0, True)


def stopped(given: Path, batches: int) -> None:
    stopping = Counting(stop_after=batches)
    order = runs.order(given, given.with_name("out.parquet"), evaluator=stopping)
    with pytest.raises(KeyboardInterrupt):
        run(order)


def test_an_input_that_changes_while_it_is_read(given: Path) -> None:
    @attrs.frozen
    class Meddling(runs.Quick):
        def decide(self, program: Program, facts: FactColumns) -> DecidedColumns:
            os.utime(given, ns=(1, time.time_ns()))
            return runs.Quick.decide(self, program, facts)

    with pytest.raises(PortfolioError) as caught:
        run(runs.order(given, given.with_name("out.parquet"), evaluator=Meddling()))
    assert caught.value.code == "changed-input"
    nothing_half(given.parent)


def test_a_disk_that_is_full_in_the_middle(given: Path, whole: dict[str, bytes]) -> None:
    """A file may not grow beyond some size: parts fit, and the whole output does not."""
    for limit in (3_000, 12_000):
        process = started(given, 0, str(limit))
        _, said = process.communicate()
        assert process.returncode == 1, said
        assert "cannot-write" in said
        assert "the same command goes on from there" in said
        nothing_half(given.parent)
    done = run(runs.order(given, given.with_name("out.parquet")))
    assert done.resumed == ROWS
    held(given.parent, whole)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip(
            "no disk can be mounted here; test_a_disk_that_is_full_in_the_middle shows the same"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607


def test_a_full_disk(given: Path, whole: dict[str, bytes], small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(960 * 1024))
    output = small_disk / "out.parquet"
    with pytest.raises(PortfolioError) as caught:
        run(runs.order(given, output))
    assert "no space left on device" in str(caught.value)
    assert not output.exists()
    filler.unlink()
    run(runs.order(given, output))
    assert output.read_bytes() == whole["out.parquet"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written(given: Path, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(PortfolioError, match="permission denied"):
        run(runs.order(given, folder / "out.parquet"))


@pytest.mark.parametrize("moment", range(4))
def test_a_kill_while_the_output_is_put_in_place(
    given: Path, whole: dict[str, bytes], moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before each of the last files is put in place, and before the parts are removed."""

    class Killed(BaseException):
        pass

    real, left = Path.replace, [moment]

    def replace(self: Path, target: Path) -> Path:
        if target.suffix != ".arrow" and "parts" not in target.parent.name:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
        return real(self, target)

    def remove(_: parts.Parts) -> None:
        raise Killed

    monkeypatch.setattr(Path, "replace", replace)
    if moment >= 3:
        monkeypatch.setattr(parts.Parts, "remove", remove)
    with pytest.raises(Killed):
        run(runs.order(given, given.with_name("out.parquet")))
    monkeypatch.undo()
    done = run(runs.order(given, given.with_name("out.parquet"), overwrite=True))
    assert done.resumed == ROWS
    held(given.parent, whole)
