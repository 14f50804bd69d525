# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""approval_queue: two runs at once on one state file do not get in each other's way, and no lock outlives its run for long."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from integration.support.sandbox import ROOT

from .conftest import ALL, TRUSTED, Queue

SCRIPT = ROOT / "roles/approval_queue/files/state.sh"
FOREVER = 3600


def _script(*arguments: str, expected: Sequence[int] = (0,)) -> str:
    done = subprocess.run(["sh", str(SCRIPT), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode in expected, (done.returncode, done.stdout, done.stderr)
    assert done.stderr == ""
    return done.stdout.strip()


def _holder(process: int | None = None) -> str:
    """Who holds a lock, as a run would say it: this process, or another one in its place."""
    # The parent of the process that is named counts.
    command = ["sh", "-c", f"sh {SCRIPT} identify $$; true"]
    own = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    pid, start, *place = own.split()
    assert int(pid) == os.getpid()
    return own if process is None else " ".join([str(process), start, *place])


@pytest.fixture
def lock(queue: Queue) -> pathlib.Path:
    return queue.lock_path


def test_a_run_beside_another_one_fails_before_its_first_call(queue: Queue, lock: pathlib.Path) -> None:
    ids = queue.sandbox.add_requests(30)
    queue.sandbox.faults({"kind": "latency", "ms": 5000, "method": "PUT"})
    variables = {"approval_queue_rules": [ALL], "approval_queue_state_path": str(queue.state_path)}
    command = ["ansible-playbook", "deskops.itsm.drain_queue", "-i", str(queue.ansible.inventory), "-e", json.dumps(variables)]
    with subprocess.Popen(
        command, env=queue.ansible.environ(), cwd=queue.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as first:
        while not queue.sandbox.calls(method="PUT") and first.poll() is None:
            time.sleep(0.01)
        assert lock.is_symlink()
        second = queue.drain(ALL)
        assert second.failure.startswith(
            f"approval_queue_state_path: {queue.state_path} is in use by another run (process {first.pid} on "
        )
        assert re.search(r"since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\)\. Start again when that one is done", second.failure)
        assert second.failure.endswith(f"remove {lock}. Nothing was decided.")
        assert [task for task in second.run.tasks if task.name.endswith((" : Poll the queue", " : Apply the decisions"))] == []
        assert first.poll() is None
        queue.sandbox.clear_faults()
        output = first.communicate()[0]
    assert first.returncode == 0, output
    assert queue.committed() == {number: ["PUT"] for number in ids}
    assert queue.kept == ids[-1] + 1
    assert not lock.is_symlink()
    assert queue.drain_well(ALL).changed == 0


def test_two_hosts_of_a_play_with_one_state_file(queue: Queue, lock: pathlib.Path) -> None:
    queue.sandbox.add_requests(3)
    inventory = queue.ansible.write(
        "two.yml",
        {
            "all": {
                "hosts": {"one": {}, "two": {}},
                "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable},
            }
        },
    )
    queue.sandbox.faults({"kind": "latency", "ms": 2000, "method": "PUT", "times": 100})
    with ThreadPoolExecutor(1) as pool:
        arguments = ["-i", str(inventory), "-e", "approval_queue_hosts=all"]
        # By default the one that fails would wait for the other one before it ends.
        running = pool.submit(queue.drain, ALL, arguments=arguments, env={"ANSIBLE_STRATEGY": "free"})
        while not lock.is_symlink() and not running.done():
            time.sleep(0.01)
        while lock.is_symlink():
            time.sleep(0.01)
        # The host that did not get the lock has not ended that of the other one, which was still at work.
        assert queue.state_path.exists()
        drained = running.result()
    assert drained.run.rc == 2
    assert "is in use by another run" in drained.failure
    assert len(queue.sandbox.writes()) == 3


def test_a_machine_of_the_same_name_is_another_one(queue: Queue, lock: pathlib.Path) -> None:
    """Cloned machines and containers share their names; another boot of the kernel alone does not say that a run is over."""
    queue.sandbox.add_requests()
    pid, start, space, _boot, host = _holder().split()
    name, _slash, _machine = host.partition("/")
    holder = " ".join([pid, start, space, "00000000-0000-0000-0000-000000000000", f"{name}/ffffffffffff"])
    lock.symlink_to(f"{holder} {int(time.time())}")
    assert f"is in use by another run (process {pid} on {name}, since" in queue.drain(ALL).failure
    assert queue.sandbox.calls() == []


@pytest.mark.parametrize("what", ["gone", "another process", "before the last boot"])
def test_the_lock_of_a_run_that_is_over_is_taken_over(queue: Queue, lock: pathlib.Path, what: str) -> None:
    queue.sandbox.add_requests(2)
    if what == "gone":
        process = subprocess.Popen(["true"])
        process.wait()
        holder = _holder(process.pid)
    elif what == "another process":
        pid, start, *place = _holder().split()
        holder = " ".join([pid, str(int(start) - 1), *place])
    else:
        pid, start, space, _boot, host = _holder().split()
        holder = " ".join([pid, start, space, "00000000-0000-0000-0000-000000000000", host])
    lock.symlink_to(f"{holder} {int(time.time())}")
    drained = queue.drain_well(ALL)
    assert len(drained.outcomes) == 2
    assert [path.name for path in queue.folder.iterdir()] == ["queue.json"]


def test_the_lock_of_another_machine_counts_until_its_time_is_up(queue: Queue, lock: pathlib.Path) -> None:
    queue.sandbox.add_requests(2)
    *here, _host = _holder().split()
    holder = " ".join([*here, "scheduler.example"])
    lock.symlink_to(f"{holder} {int(time.time()) - 100}")
    refused = queue.drain(ALL)
    assert f"process {os.getpid()} on scheduler.example" in refused.failure
    assert queue.sandbox.calls() == []
    assert os.readlink(lock).startswith(holder)
    assert len(queue.drain_well(ALL, lock_timeout=99).outcomes) == 2
    assert not lock.is_symlink()


def test_what_is_no_lock_is_left_alone(queue: Queue) -> None:
    places = [queue.folder / name for name in ("file", "folder", "link")]
    locks = [pathlib.Path(f"{place}.lock") for place in places]
    locks[0].touch()
    locks[1].mkdir()
    locks[2].symlink_to("elsewhere")
    messages = queue.refusals([{"rules": [ALL], "state_path": str(place)} for place in places])
    for lock, message in zip(locks, messages, strict=True):
        assert message == f"approval_queue_state_path: {lock} is no lock of a run. Nothing was decided."
        assert os.path.lexists(lock)


def test_a_failed_run_unlocks_the_state_file(queue: Queue, lock: pathlib.Path) -> None:
    queue.state_path.write_text("{")
    assert "is no position" in queue.drain(ALL).failure
    assert not lock.is_symlink()
    queue.state_path.unlink()
    queue.sandbox.add_requests()
    queue.sandbox.set_keys()
    assert "Invalid API key" in queue.drain(TRUSTED).failure
    assert not lock.is_symlink()


def test_a_run_whose_lock_was_taken_over_leaves_the_state_file_alone(queue: Queue, lock: pathlib.Path) -> None:
    """Its time was up, but it is still there: what the other one writes must not be replaced."""
    path = str(queue.state_path)
    _script("take", path, str(FOREVER), _holder())
    queue.state_path.write_text("new")
    lock.unlink()
    lock.symlink_to("1 1 space boot other.example 1")
    told = _script("keep", path, _holder(), "old", expected=[1])
    assert told == f"another run has taken over {path}, which was left as it is"
    assert queue.state_path.read_text() == "new"
    _script("release", path, _holder())
    assert lock.is_symlink()


def test_check_mode_tells_that_it_could_not_begin_and_needs_no_lock_itself(queue: Queue, lock: pathlib.Path) -> None:
    queue.sandbox.add_requests()
    _script("take", str(queue.state_path), str(FOREVER), _holder())
    assert "is in use by another run" in queue.drain(ALL, check=True).failure
    _script("release", str(queue.state_path), _holder())
    queue.drain_well(ALL, check=True)
    assert list(queue.folder.iterdir()) == []


def test_of_many_at_once_one_gets_the_lock(queue: Queue, lock: pathlib.Path) -> None:
    """Also where all of them find the lock of a run that was killed."""
    path = str(queue.state_path)
    living = [subprocess.Popen(["sleep", "600"]) for dummy in range(8)]
    dead = subprocess.Popen(["true"])
    dead.wait()
    holders = []
    for process in living:
        start = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19]
        _pid, _start, *place = _holder().split()
        holders.append(" ".join([str(process.pid), start, *place]))

    def take(holder: str) -> str:
        return _script("take", path, str(FOREVER), holder, expected=(0, 75))

    try:
        with ThreadPoolExecutor(len(living)) as pool:
            for number in range(25):
                if number % 2:
                    lock.symlink_to(f"{_holder(dead.pid)} {int(time.time())}")
                told = list(pool.map(take, holders))
                winner = os.readlink(lock).rpartition(" ")[0]
                assert told.count("") == 1
                assert holders[told.index("")] == winner
                assert [path.name for path in queue.folder.iterdir()] == [lock.name]
                _script("release", path, winner)
                assert not lock.is_symlink()
    finally:
        for process in living:
            process.kill()
            process.wait()


def test_the_state_file_is_private_from_the_start(queue: Queue) -> None:
    path = str(queue.state_path)
    _script("take", path, str(FOREVER), _holder())
    # What was left by a run that was killed.
    queue.state_path.with_name("queue.json.new").write_text("half")
    _script("keep", path, _holder(), '{"queue": "any", "since_id": "7"}')
    assert queue.kept == 7
    assert queue.state_path.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in queue.folder.iterdir()) == ["queue.json", "queue.json.lock"]
