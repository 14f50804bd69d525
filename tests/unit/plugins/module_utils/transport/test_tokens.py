# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens are obtained as seldom as possible, by threads and by processes, and kept from others."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import ApiError, AuthError, OptionError, RateLimited
from ansible_collections.deskops.itsm.plugins.module_utils.transport.refusals import Refusals
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock
from ansible_collections.deskops.itsm.plugins.module_utils.transport.tokens import (
    COUNTED,
    MARGIN,
    FileStore,
    NoStore,
    Token,
    TokenSource,
    is_token,
)

LIFETIME = 1800.0
SECRET = 'Pä55/+=&%"\\'
THREADS = 16


class Desk:
    """Gives out numbered tokens, slowly, and counts."""

    def __init__(self, *, lifetime: float = LIFETIME, at: float = 1000.0) -> None:
        self.at = at
        self.lifetime = lifetime
        self.logins = 0
        self.hidden: list[str] = []
        self.errors: list[Exception] = []

    def obtain(self) -> Token:
        self.logins += 1
        number = self.logins
        time.sleep(0.01)
        if self.errors:
            raise self.errors.pop(0)
        return Token(f"token {number}", self.at + self.lifetime, self.lifetime)

    def source(self, store: Any = None) -> TokenSource:
        clock = Clock(now=lambda: self.at)
        return TokenSource(obtain=self.obtain, store=store or NoStore(), clock=clock, hide=self.hidden.append)


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "some" / "cache"


def _store(folder: pathlib.Path, secret: str = SECRET, account: str = "http://a me") -> FileStore:
    return FileStore(str(folder), account=account, secret=secret)


def _file(folder: pathlib.Path) -> pathlib.Path:
    (path,) = folder.glob("*.json")
    return path


# -- a source ----------------------------------------------------------------------------------------------------------------


def test_token_is_obtained_when_it_is_needed_and_once() -> None:
    desk = Desk()
    source = desk.source()
    assert desk.logins == 0
    assert [source.current().value for dummy in range(3)] == ["token 1"] * 3
    assert desk.hidden[0] == "token 1"


@pytest.mark.parametrize(
    ("lifetime", "good_for"), [(LIFETIME, LIFETIME - MARGIN), (100.0, 75.0), (4.0, 3.0), (240.0, 180.0), (400.0, 340.0)]
)
def test_token_is_replaced_shortly_before_it_ends(lifetime: float, good_for: float) -> None:
    desk = Desk(lifetime=lifetime)
    source = desk.source()
    source.current()
    desk.at += good_for - 0.1
    assert source.current().value == "token 1"
    desk.at += 0.2
    assert source.current().value == "token 2"


def test_threads_log_in_once_and_renew_once() -> None:
    desk = Desk()
    source = desk.source()
    barrier = threading.Barrier(THREADS)

    def work(dummy: int) -> tuple[str, str]:
        barrier.wait()
        first = source.current().value
        barrier.wait()
        source.renew(first)
        return first, source.current().value

    with ThreadPoolExecutor(THREADS) as executor:
        assert set(executor.map(work, range(THREADS))) == {("token 1", "token 2")}
    assert desk.logins == 2


def test_late_comer_does_not_renew_what_was_renewed() -> None:
    desk = Desk()
    source = desk.source()
    old = source.current().value
    source.renew(old)
    source.renew(old)
    assert (source.current().value, desk.logins) == ("token 2", 2)


@pytest.mark.parametrize("error", [AuthError, RateLimited])
def test_refused_login_is_not_tried_again(error: type[ApiError]) -> None:
    desk = Desk()
    desk.errors = [error("wrong password")]
    source = desk.source()
    barrier = threading.Barrier(THREADS)

    def work(dummy: int) -> str:
        barrier.wait()
        with pytest.raises(error) as caught:
            source.current()
        return caught.value.message

    with ThreadPoolExecutor(THREADS) as executor:
        assert set(executor.map(work, range(THREADS))) == {"wrong password"}
    assert desk.logins == 1


def test_login_that_failed_otherwise_is_tried_again() -> None:
    desk = Desk()
    desk.errors = [ApiError("no connection")]
    source = desk.source()
    with pytest.raises(ApiError, match="no connection"):
        source.current()
    assert source.current().value == "token 2"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("abc.def-1_2", True), ("x" * 16_000, True), *((text, False) for text in ("x" * 16_001, "", " ", "a\nb", "t\u00f8"))],
)
def test_a_token_can_stand_in_a_header(text: str, is_one: bool) -> None:
    assert is_token(text) is is_one


# -- the store ---------------------------------------------------------------------------------------------------------------


def test_sources_find_the_token_of_the_store(folder: pathlib.Path) -> None:
    desk = Desk()
    assert {desk.source(_store(folder)).current().value for dummy in range(5)} == {"token 1"}
    assert desk.logins == 1
    assert set(desk.hidden) == {"token 1"}


def test_everything_of_a_token_is_kept(folder: pathlib.Path) -> None:
    store = _store(folder)
    token = Token("ünïcode", 1.5, 2.5, {"scopes": ["a"]})
    with store.locked():
        store.save(token)
    assert store.load() == token


def test_files_are_for_their_owner_only_and_hold_no_secret(folder: pathlib.Path) -> None:
    old_mask = os.umask(0)
    try:
        Desk().source(_store(folder)).current()
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    everything = "".join(path.name + path.read_text() for path in folder.iterdir())
    assert SECRET not in everything
    assert json.dumps(SECRET)[1:-1] not in everything
    assert "http" not in everything


@pytest.mark.parametrize(
    "other", [{"secret": "another"}, {"secret": ""}, {"account": "http://b me"}, {"account": "http://a you"}]
)
def test_another_secret_or_account_does_not_find_it(folder: pathlib.Path, other: dict[str, str]) -> None:
    desk = Desk()
    desk.source(_store(folder)).current()
    assert desk.source(_store(folder, **other)).current().value == "token 2"


def test_wrong_password_does_not_spoil_the_token_of_the_right_one(folder: pathlib.Path) -> None:
    desk = Desk()
    desk.source(_store(folder)).current()
    desk.errors = [AuthError("no")]
    with pytest.raises(AuthError):
        desk.source(_store(folder, secret="wrong")).current()
    assert desk.source(_store(folder)).current().value == "token 1"


GOOD = {"value": "t", "expires_at": 1.0, "lifetime": 1.0, "extra": {}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b"\xff\xfe",
        b"{}",
        json.dumps({"token": GOOD}).encode(),
        json.dumps({"token": GOOD, "proof": "00"}).encode(),
        json.dumps({"token": GOOD, "proof": None}).encode(),
        json.dumps({"token": {"value": 7}, "proof": "00"}).encode(),
        json.dumps({"token": {**GOOD, "more": 1}, "proof": "00"}).encode(),
        json.dumps({"token": "text", "proof": "00"}).encode(),
    ],
)
def test_file_that_is_damaged_counts_as_none(folder: pathlib.Path, content: bytes) -> None:
    desk = Desk()
    desk.source(_store(folder)).current()
    _file(folder).write_bytes(content)
    assert _store(folder).load() is None
    assert desk.source(_store(folder)).current().value == "token 2"
    assert desk.source(_store(folder)).current().value == "token 2"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o666, 0o601])
def test_file_that_others_can_read_counts_as_none(folder: pathlib.Path, mode: int) -> None:
    Desk().source(_store(folder)).current()
    _file(folder).chmod(mode)
    assert _store(folder).load() is None


def test_link_counts_as_none_and_is_not_followed(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    desk = Desk()
    desk.source(_store(folder)).current()
    path, target = _file(folder), tmp_path / "target"
    path.rename(target)
    path.symlink_to(target)
    before = target.read_bytes()
    assert _store(folder).load() is None
    assert desk.source(_store(folder)).current().value == "token 2"
    assert target.read_bytes() == before
    assert not path.is_symlink()


def test_half_written_files_are_never_seen(folder: pathlib.Path) -> None:
    store = _store(folder)
    stop = threading.Event()
    with store.locked():
        store.save(Token("x" * 10_000, 1.0, 1.0))

    def write() -> None:
        while not stop.is_set():
            store.save(Token("x" * 10_000, 1.0, 1.0))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert all(store.load() is not None for dummy in range(500))
    finally:
        stop.set()
        writer.join()
    assert [path.name for path in folder.iterdir() if path.name.endswith(".new")] == []


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
def test_folder_that_others_may_write_to_is_refused(folder: pathlib.Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    desk = Desk()
    with pytest.raises(OptionError, match="others may write to it"):
        desk.source(_store(folder)).current()
    assert desk.logins == 0


def test_folder_that_cannot_be_made_is_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="cannot be used"):
        Desk().source(_store(tmp_path / "file" / "cache")).current()


def test_token_that_cannot_be_saved_is_used_all_the_same(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **options: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert Desk().source(_store(folder)).current().value == "token 1"
    assert list(folder.glob("*.json")) == []
    assert list(folder.glob("*.new")) == []


def test_renewal_takes_the_token_that_another_process_has_obtained(folder: pathlib.Path) -> None:
    desk = Desk()
    first, second = desk.source(_store(folder)), desk.source(_store(folder))
    old = first.current().value
    assert second.current().value == old
    first.renew(old)
    second.renew(old)
    assert (first.current().value, second.current().value, desk.logins) == ("token 2", "token 2", 2)


def test_logins_that_are_still_counted_are_told_with_the_token(folder: pathlib.Path) -> None:
    """Whoever logs in, and not for ever."""
    desk = Desk()
    for dummy in range(3):
        source = desk.source(_store(folder))
        source.renew(source.current().value)
        desk.at += 10
    assert desk.source(_store(folder)).current().logins == [1000.0, 1000.0, 1010.0, 1020.0]
    desk.at += COUNTED - 15
    source = desk.source(_store(folder))
    source.renew(source.current().value)
    assert source.current().logins == [1020.0, desk.at]


def test_login_that_was_refused_elsewhere_is_not_tried(folder: pathlib.Path) -> None:
    desk = Desk()
    desk.errors = [AuthError("no", is_final=True)]
    refusals = Refusals(str(folder), account="http://a me", secret=SECRET, clock=Clock(now=lambda: desk.at))
    for number in range(3):
        clock = Clock(now=lambda: desk.at)
        source = TokenSource(obtain=desk.obtain, store=_store(folder), clock=clock, hide=desk.hidden.append, refusals=refusals)
        with pytest.raises(AuthError, match="no; that was" if number else "no$"):
            source.current()
    assert desk.logins == 1


# -- processes ---------------------------------------------------------------------------------------------------------------


def _in_a_process(folder: str, counter: str, barrier: Any, results: Any) -> None:
    def obtain() -> Token:
        with open(counter, "a", encoding="utf-8") as file:
            file.write("x")
        time.sleep(0.05)
        return Token(uuid.uuid4().hex, time.time() + LIFETIME, LIFETIME)

    store = FileStore(folder, account="account", secret=SECRET)
    source = TokenSource(obtain=obtain, store=store, clock=Clock(), hide=lambda secret: None)
    barrier.wait()
    first = source.current().value
    barrier.wait()
    source.renew(first)
    results.put((first, source.current().value))


def test_processes_log_in_once_and_renew_once(folder: pathlib.Path, tmp_path: pathlib.Path) -> None:
    number = 6
    context = get_context("fork")
    barrier, results = context.Barrier(number), context.Queue()
    counter = tmp_path / "counter"
    arguments = (str(folder), str(counter), barrier, results)
    processes = [context.Process(target=_in_a_process, args=arguments) for dummy in range(number)]
    for process in processes:
        process.start()
    seen = {results.get(timeout=30) for dummy in range(number)}
    for process in processes:
        process.join(30)
    assert len(seen) == 1
    ((first, second),) = seen
    assert first != second
    assert counter.read_text() == "xx"
