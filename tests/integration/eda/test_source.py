# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The source against the sandbox, with a queue of the test's own: what becomes an event, when, how often."""

from __future__ import annotations

import asyncio
import json
import logging
import pathlib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from integration.eda.feeding import Feed, abr, dwp, first_events, running, sdp
from integration.support.sandbox import DWP_PASSWORD, KEY, NOW, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN, SDP_USER, Sandbox, writes

from ansible_collections.deskops.itsm.extensions.eda.plugins.polling import source
from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import AuthError, OptionError

LOGINS = ("/users/login", "/oauth/v2/token")
SLOW = {"kind": "latency", "platform": "abr", "ms": 1500, "when": "before"}
# How long the loop may be held up on a loaded machine; a call that blocks it takes three times as long.
LONGEST_LAG = 0.5


@pytest.fixture(autouse=True)
def _only_reads(sandbox: Sandbox) -> Iterator[None]:
    """Whatever the source does, it changes nothing."""
    yield
    assert [call["path"] for call in writes(sandbox.calls()) if call["committed"] and not call["path"].endswith(LOGINS)] == []
    gives_up_at = time.monotonic() + 5
    while working_threads() and time.monotonic() < gives_up_at:
        time.sleep(0.02)
    assert working_threads() == []


def working_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("deskops.itsm.requests")]


def pending(sandbox: Sandbox) -> list[str]:
    return [str(row["id"]) for row in sandbox.state("requests") if row["status"] == "Pending"]


def once_each(ids: list[str]) -> bool:
    return set(Counter(ids).values()) <= {1}


# -- what becomes an event --------------------------------------------------------------------------------------------------


def test_what_waits_and_what_comes_is_an_event_once(sandbox: Sandbox) -> None:
    there = pending(sandbox)

    async def body() -> None:
        async with running(abr(sandbox)) as feed:
            await feed.polls()
            assert feed.ids == there
            came = [str(number) for number in sandbox.add_requests(30)]
            await feed.until(lambda: len(feed.ids) >= len(there) + 30)
            await feed.polls(3)
            assert feed.ids == [*there, *came]
            event = feed.events[-1]
            assert {key: event[key] for key in ("platform", "state", "repeated")} == {
                "platform": "admin_by_request",
                "state": "pending",
                "repeated": False,
            }
            assert event["request"]["raw"]["id"] == int(came[-1])

    asyncio.run(body())


def test_a_poll_of_a_short_queue_is_one_call(sandbox: Sandbox) -> None:
    asyncio.run(first_events(abr(sandbox), polls=4))
    assert len(sandbox.calls()) <= 7


def test_all_states_of_admin_by_request(sandbox: Sandbox) -> None:
    """What has gone through already is no event; what then happens is, whichever request it happens to."""

    async def body() -> None:
        async with running(abr(sandbox, status=["any"])) as feed:
            await feed.polls()
            assert {event["state"] for event in feed.events} == {"pending", "quarantined"}
            known = len(feed.events)
            (number,) = sandbox.add_requests()
            for status in ("Open", "Running", "Finished"):
                await feed.polls(2)
                sandbox.change_request(number, status=status)
            await feed.polls(2)
            assert [(event["request"]["id"], event["state"]) for event in feed.events[known:]] == [
                (str(number), state) for state in ("pending", "approved", "completed")
            ]

    asyncio.run(body())


def test_once_is_also_for_what_waited_before_the_first_start(sandbox: Sandbox) -> None:
    """A source that is there for decisions: what was decided before it began is past, what was pending then is not."""
    sandbox.reset("empty")
    (number,) = sandbox.add_requests()
    sandbox.add("requests", 1, status="Open")

    async def body() -> None:
        async with running(abr(sandbox, status=["approved"], emit="once")) as feed:
            await feed.polls()
            assert feed.ids == []
            sandbox.change_request(number, status="Open")
            await feed.until(lambda: bool(feed.ids))
            await feed.polls(2)
            assert feed.ids == [str(number)]

    asyncio.run(body())


def test_the_beginning_can_be_given(sandbox: Sandbox) -> None:
    ids = sorted(int(row["id"]) for row in sandbox.state("requests"))
    events = asyncio.run(first_events(abr(sandbox, status=["any"], since_id=str(ids[-5]))))
    assert [int(event["request"]["id"]) for event in events] == ids[-5:]


@pytest.mark.parametrize("emit", ["once", "states"])
@pytest.mark.parametrize("make", [dwp, sdp])
def test_what_was_done_shortly_before_the_first_start_is_past(
    sandbox: Sandbox, tmp_path: pathlib.Path, make: Any, emit: str
) -> None:
    """Also where each poll looks back further than that. What then happens, and what a given beginning asks for, is not."""
    sandbox.advance(time.time() - datetime.fromisoformat(NOW.replace("Z", "+00:00")).timestamp())
    if make is dwp:
        template = {"service": "2421", "requestedBy": "mlind", "requestedFor": "mlind", "status": "ACTIVE"}
        past, later = (str(number) for number in sandbox.add_each("requests", [template] * 2, platform="dwp"))
    else:
        past, later = sandbox.add_records("requests", {"subject": "One"}, {"subject": "Two"})

    def complete(number: str) -> None:
        if make is dwp:
            sandbox.move_dwp_request(number, "COMPLETED")
        else:
            sandbox.change_record("requests", number, status={"name": "Closed"})

    args = make(sandbox, status=["completed"], emit=emit)
    begin = datetime.now(timezone.utc) - timedelta(seconds=30)

    async def body() -> None:
        complete(past)
        async with running({**args, "state_path": str(tmp_path / "state.json")}) as feed:
            await feed.polls(2)
            assert feed.ids == []
            complete(later)
            await feed.until(lambda: bool(feed.ids))
            await feed.polls(2)
            assert feed.ids == [later]
        assert await first_events({**args, "state_path": str(tmp_path / "state.json")}) == []
        given = await first_events({**args, "modified_since": begin.isoformat()})
        assert [event["request"]["id"] for event in given] == [past, later]

    asyncio.run(body())


def test_what_shows_up_late_is_not_lost(sandbox: Sandbox) -> None:
    """Ids below the newest ones, within the window."""

    async def body() -> None:
        sandbox.reset("empty")
        async with running(abr(sandbox, window=50)) as feed:
            sandbox.add_each("requests", [{"id": number} for number in range(1000, 1100, 2)])
            await feed.until(lambda: len(feed.ids) == 50)
            await feed.polls(2)
            sandbox.add_each("requests", [{"id": number} for number in range(1001, 1100, 10)])
            await feed.until(lambda: len(feed.ids) == 60)
            await feed.polls(2)
            assert once_each(feed.ids)

    asyncio.run(body())


def test_a_request_of_digital_workplace_on_its_way(sandbox: Sandbox) -> None:
    async def body() -> None:
        args = dwp(sandbox, status=["pending", "completed", "denied"], modified_since="2026-09-18T09:59:00Z", overlap=5)
        async with running(args) as feed:
            await feed.polls()
            assert [event["state"] for event in feed.events if event["state"] != "pending"] == []
            known = len(feed.events)
            template = {"service": "2421", "requestedBy": "mlind", "requestedFor": "mlind", "status": "WAITING"}
            (number,) = sandbox.add_each("requests", [template], platform="dwp")
            await feed.until(lambda: len(feed.events) == known + 1)
            for seconds, status in ((60, "ACTIVE"), (3600, "COMPLETED")):
                sandbox.advance(seconds)
                sandbox.move_dwp_request(str(number), status)
                await feed.polls(2)
            assert [(event["request"]["id"], event["state"]) for event in feed.events[known:]] == [
                (str(number), "pending"),
                (str(number), "completed"),
            ]

    asyncio.run(body())
    assert sandbox.logins("dwp") <= 3


def test_tickets_of_service_desk_plus(sandbox: Sandbox) -> None:
    async def body() -> None:
        async with running(sdp(sandbox, status=["pending"])) as feed:
            await feed.polls()
            known = len(feed.events)
            assert {event["state"] for event in feed.events} == {"pending"}
            (number,) = sandbox.add_records("requests", {"subject": "A new laptop", "approvers": [SDP_USER]})
            await feed.until(lambda: len(feed.events) > known)
            await feed.polls(2)
            assert [event["request"]["id"] for event in feed.events[known:]] == [number]

    asyncio.run(body())
    assert sandbox.logins("sdp") == 1


def test_updates_are_events_if_asked_for(sandbox: Sandbox) -> None:
    async def body() -> None:
        sandbox.reset("empty")
        args = sdp(sandbox, status=["open"], emit="updates", modified_since="2026-09-18T09:59:59Z", overlap=5)
        async with running(args) as feed:
            (number,) = sandbox.add_records("requests", {"subject": "Printer"})

            def subjects() -> list[str]:
                return [event["request"]["subject"] for event in feed.events if event["request"]["id"] == number]

            await feed.until(lambda: subjects() == ["Printer"])
            sandbox.advance(30)
            sandbox.change_record("requests", number, subject="Printer on the second floor")
            await feed.until(lambda: len(subjects()) == 2)
            await feed.polls(2)
            assert subjects() == ["Printer", "Printer on the second floor"]

    asyncio.run(body())


def test_batches_hold_requests_of_one_state(sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    ids = [str(number) for number in sandbox.add_requests(45)]
    ids += [str(number) for number in sandbox.add("requests", 5, status="Quarantined")]
    events = asyncio.run(first_events(abr(sandbox, status=["pending", "quarantined"], batch=20)))
    assert [(event["state"], event["count"]) for event in events] == [
        ("pending", 20),
        ("pending", 20),
        ("pending", 5),
        ("quarantined", 5),
    ]
    assert [request["id"] for event in events for request in event["requests"]] == ids
    assert all(request["state"] == event["state"] for event in events for request in event["requests"])


def test_a_limit_spreads_them_over_polls(sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    ids = [str(number) for number in sandbox.add_requests(25)]

    async def body() -> None:
        async with running(abr(sandbox, limit=10, window=3)) as feed:
            sizes = []
            for dummy in range(4):
                await feed.polls(0)
                sizes.append(len(feed.ids))
            await feed.until(lambda: len(feed.ids) == 25)
            await feed.polls(2)
            assert feed.ids == ids
            assert sizes[0] <= 20

    asyncio.run(body())


def test_what_comes_again_does_not_keep_others_from_their_turn(sandbox: Sandbox) -> None:
    sandbox.reset("empty")
    ids = [str(number) for number in sandbox.add_requests(7)]

    async def body() -> None:
        # Each poll finds that all of those before are due again.
        async with running(abr(sandbox, limit=2, repeat_after=0.001)) as feed:
            await feed.until(lambda: set(feed.ids) == set(ids))

    asyncio.run(body())


def completed(sandbox: Sandbox, **args: Any) -> dict[str, Any]:
    """A source for what Digital Workplace Catalog has completed so far, with what was answered."""
    begin = "2026-01-01T00:00:00Z"
    return dwp(sandbox, status=["completed"], include=["answers"], modified_since=begin, **args)


def test_what_was_read_is_handed_over_before_the_rest_is_read(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "DETAILED_AT_ONCE", 2)

    async def body() -> None:
        async with running(completed(sandbox), Feed(room=1)) as feed:
            await feed.until(lambda: len(feed.ids) == 1)
            assert len(sandbox.calls(platform="dwp", path="/answers$")) == 2

    asyncio.run(body())
    assert len(asyncio.run(first_events(completed(sandbox)))) > 2


@pytest.mark.parametrize("limit", [None, 1])
def test_a_request_that_cannot_be_read_holds_up_no_other(
    sandbox: Sandbox, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, limit: int | None
) -> None:
    """It is left out with a warning and comes when it can be read. If only one is read at a time, its turn is the last."""
    expected = [event["request"]["id"] for event in asyncio.run(first_events(completed(sandbox)))]
    bad, *good = expected
    fault = {"kind": "status", "platform": "dwp", "path": f"/requests/{bad}/", "times": 1000, "status": 500}

    async def body() -> None:
        sandbox.faults(fault)
        args = completed(sandbox, limit=limit, state_path=str(tmp_path / "state.json"))
        async with running(args) as feed:
            await feed.until(lambda: set(feed.ids) == set(good))
            assert bad not in feed.ids
            assert f"/requests/{bad}/answers failed with HTTP 500" in caplog.text
            assert limit or f"Request {bad} is left out until it can be read: " in caplog.text
            sandbox.clear_faults()
            await feed.until(lambda: bad in feed.ids)
            await feed.polls(2)
            assert sorted(feed.ids) == sorted(expected)

    asyncio.run(body())


def test_a_server_that_reads_none_is_in_trouble(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> None:
        sandbox.faults({"kind": "status", "platform": "dwp", "path": "/answers$", "times": 1000, "status": 503})
        async with running(completed(sandbox, interval=20, longest_pause=100)) as feed:
            await feed.until(lambda: len(feed.pauses) >= 3)
            assert feed.events == []
            assert 20 <= feed.pauses[0] < feed.pauses[2]

    asyncio.run(body())
    assert "left out" not in caplog.text


def test_a_request_that_is_read_alone_is_not_read_again_at_once(sandbox: Sandbox) -> None:
    async def body() -> None:
        sandbox.faults({"kind": "status", "platform": "dwp", "path": "/answers$", "times": 1000, "status": 500})
        async with running(completed(sandbox, limit=1, retries=0, interval=20)) as feed:
            await feed.until(lambda: bool(feed.pauses))
            assert len(sandbox.calls(platform="dwp", path="/answers$")) == len(feed.pauses)

    asyncio.run(body())


def test_details_are_read_for_events_only(sandbox: Sandbox) -> None:
    args = dwp(sandbox, status=["completed"], include=["answers", "comments"], modified_since="2026-01-01T00:00:00Z")
    events = asyncio.run(first_events(args, polls=4))
    assert events
    assert all(isinstance(event["request"][key], list) for event in events for key in ("answers", "comments"))
    assert len(sandbox.calls(platform="dwp", path="/answers$")) == len(events)


# -- restarts ---------------------------------------------------------------------------------------------------------------


def test_a_restart_hands_over_what_still_waits_and_nothing_else(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "state.json"
    args = abr(sandbox, status=["any"], state_path=str(path))
    (first, second) = sandbox.add_requests(2)

    async def body() -> None:
        async with running(args) as feed:
            await feed.polls()
            sandbox.change_request(first, status="Finished")
            await feed.until(lambda: feed.events[-1]["state"] == "completed")
        waiting = {*pending(sandbox), *(str(row["id"]) for row in sandbox.state("requests") if row["status"] == "Quarantined")}
        (third,) = sandbox.add_requests()
        again = await first_events(args, polls=2)
        assert {event["request"]["id"]: event["repeated"] for event in again} == {
            **dict.fromkeys(waiting, True),
            str(third): False,
        }
        assert len(again) == len(waiting) + 1
        assert await first_events({**args, "replay": "none"}, polls=2) == []
        whole = await first_events({**args, "replay": "all"}, polls=2)
        assert (str(first), "completed", True) in {(event["request"]["id"], event["state"], event["repeated"]) for event in whole}

    asyncio.run(body())
    assert str(second) in json.loads(path.read_text())["sent"]


def test_what_was_not_taken_from_the_queue_is_not_remembered(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """The rule engine has room for four; then the process ends."""
    path = tmp_path / "state.json"
    args = abr(sandbox, state_path=str(path), replay="none")
    there = pending(sandbox)

    async def body() -> None:
        async with running(args, Feed(room=4)) as feed:
            await feed.until(lambda: len(feed.events) == 4)
        assert list(json.loads(path.read_text())["sent"]) == there[:4]
        assert [event["request"]["id"] for event in await first_events(args)] == there[4:]

    asyncio.run(body())


def test_a_file_of_other_filters_begins_anew(sandbox: Sandbox, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture) -> None:
    args = abr(sandbox, state_path=str(tmp_path / "state.json"))
    asyncio.run(first_events(args))
    events = asyncio.run(first_events({**args, "requested_for": "nobody"}))
    assert events == []
    assert "begins anew" in caplog.text


def test_two_sources_do_not_share_a_file(sandbox: Sandbox, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LOCK_SECONDS", 0.1)
    args = abr(sandbox, state_path=str(tmp_path / "state.json"))

    async def body() -> None:
        async with running(args) as feed:
            await feed.polls()
            with pytest.raises(OptionError, match=r"state_path: .* is in use by another source\. Give each"):
                # Waiting for the file pauses too.
                await first_events(args, polls=10_000)
        assert await first_events(args)

    asyncio.run(body())


def test_the_rule_engine_may_confirm(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """What it has not confirmed is not remembered."""
    path = tmp_path / "state.json"
    args = abr(sandbox, state_path=str(path), feedback=True)
    feedback: asyncio.Queue[Any] = asyncio.Queue()

    async def body() -> None:
        async with running(args, feedback=feedback) as feed:
            await feed.until(lambda: len(feed.events) == 1)
            await feedback.put(feed.events[0])
            await feed.until(lambda: len(feed.events) == 2)
        assert list(json.loads(path.read_text())["sent"]) == feed.ids[:1]

    asyncio.run(body())


# -- trouble ----------------------------------------------------------------------------------------------------------------

TROUBLE = [
    {"kind": "status", "status": 503},
    {"kind": "drop"},
    {"kind": "truncated_json"},
    {"kind": "html"},
    {"kind": "rate_limit", "retry_after": 0},
]


@pytest.mark.parametrize("fault", TROUBLE, ids=lambda fault: str(fault["kind"]))
@pytest.mark.parametrize("make", [abr, dwp, sdp])
def test_trouble_passes(sandbox: Sandbox, caplog: pytest.LogCaptureFixture, make: Any, fault: dict[str, Any]) -> None:
    """The source comes back, later and later, and then nothing is missing or double."""
    platform = make.__name__

    async def body() -> None:
        args = make(sandbox, interval=20, longest_pause=100, deadline=5)
        expected = sorted(event["request"]["id"] for event in await first_events(args))
        async with running(args) as feed:
            await feed.polls()
            sandbox.faults({**fault, "platform": platform, "path": "(?<!login|token)$", "times": 4})
            await feed.polls(8)
        assert sorted(feed.ids) == expected
        long = [pause for pause in feed.pauses if pause > 20]
        assert len(long) in (3, 4)
        assert long[0] < long[-1]

    asyncio.run(body())
    for secret in (KEY, DWP_PASSWORD, SDP_CLIENT_SECRET, SDP_REFRESH_TOKEN):
        assert secret not in caplog.text
    assert caplog.text.count("Next attempt in") >= 3


def test_a_key_that_was_never_right_ends_the_source(sandbox: Sandbox) -> None:
    with pytest.raises(AuthError, match="Invalid API key"):
        asyncio.run(first_events(abr(sandbox, api_key="SANDBOX0-0000-4000-8000-WRONGWRONG01")))
    assert len(sandbox.calls()) == 1


def test_a_key_that_was_right_is_tried_again_long_after(sandbox: Sandbox) -> None:
    async def body() -> None:
        async with running(abr(sandbox)) as feed:
            await feed.polls()
            sandbox.set_keys("SANDBOX0-0000-4000-8000-ANOTHERKEY01")
            await feed.until(lambda: feed.pauses[-1] >= 300)
            sandbox.set_keys(KEY)
            (number,) = sandbox.add_requests()
            await feed.until(lambda: str(number) in feed.ids and feed.pauses[-1] <= 60)

    asyncio.run(body())


def test_a_password_that_was_right_is_tried_again_long_after(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """The source has its own schedule for that, also where it shares its token with others."""

    async def body() -> None:
        async with running(dwp(sandbox, token_cache=str(tmp_path / "tokens"))) as feed:
            await feed.polls()
            sandbox.faults({"platform": "dwp", "path": "/users/login$", "kind": "status", "status": 401, "body": "", "times": 1})
            sandbox.end_sessions()
            await feed.until(lambda: feed.pauses[-1] >= 300)
            await feed.until(lambda: feed.pauses[-1] <= 60)

    asyncio.run(body())
    assert [call["status"] for call in sandbox.calls(path="/dwp/api/myit-sb/users/login")] == [200, 401, 200]


def test_a_session_that_ends_is_begun_anew(sandbox: Sandbox) -> None:
    async def body() -> None:
        async with running(dwp(sandbox)) as feed:
            await feed.polls()
            sandbox.end_sessions()
            await feed.polls(2)
            assert max(feed.pauses) <= 60

    asyncio.run(body())


def test_the_loop_is_never_blocked_and_the_end_is_clean(sandbox: Sandbox, tmp_path: pathlib.Path) -> None:
    """While the server takes its time, others have theirs; cancelled, the source ends with the call that is under way."""
    path = tmp_path / "state.json"

    async def body() -> None:
        lags = [0.0]

        async def heartbeat() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                lags.append(time.monotonic() - before - 0.01)

        async with running(abr(sandbox, state_path=str(path))) as feed:
            await feed.polls()
            sandbox.faults(SLOW)
            beat = asyncio.create_task(heartbeat())
            calls = len(sandbox.calls())
            await feed.polls()
            beat.cancel()
        assert max(lags) < LONGEST_LAG
        assert len(lags) > 20
        assert len(sandbox.calls()) - calls <= 3

    asyncio.run(body())
    assert set(json.loads(path.read_text())["sent"]) == set(pending(sandbox))


def test_a_long_read_is_given_up(sandbox: Sandbox) -> None:
    """Twelve pages of tickets, each of them slow: the thread stops at the next of them."""
    sandbox.add_records("requests", {"subject": "Many"}, count=1150)
    sandbox.faults({"kind": "latency", "platform": "sdp", "ms": 500, "when": "before"})

    async def body() -> float:
        task = asyncio.create_task(source.run(Feed(), sdp(sandbox, status=["open"], concurrency=1)))
        while len(sandbox.calls(platform="sdp")) < 3:
            await asyncio.sleep(0.05)
        before = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - before

    seconds = asyncio.run(body())
    calls = len(sandbox.calls(platform="sdp", path="/requests$"))
    assert calls < 8
    assert seconds < 5


def test_a_defect_ends_the_source_without_secrets(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def broken(*args: Any) -> Any:
        raise KeyError(f"what came with {KEY}")

    monkeypatch.setattr(source.Reader, "listed", broken)
    with pytest.raises(source.SourceError, match=r"KeyError: .*what came with") as caught:
        asyncio.run(source.run(Feed(), abr(sandbox)))
    assert KEY not in str(caught.value) + caplog.text
    assert "Traceback" in caplog.text
