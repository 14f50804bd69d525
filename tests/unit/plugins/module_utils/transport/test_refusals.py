# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refused logins are remembered for a while, for the same login only, and without its secret."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest

from ansible_collections.deskops.itsm.plugins.module_utils.transport.errors import AuthError
from ansible_collections.deskops.itsm.plugins.module_utils.transport.refusals import KEPT, MOST, Refusals
from ansible_collections.deskops.itsm.plugins.module_utils.transport.retry import Clock

SECRET = 'Pä55/+=&%"\\'
REFUSED = AuthError("no", is_final=True, hint="Look", method="POST", path="/login", status=401, code="invalid")


class Time:
    def __init__(self) -> None:
        self.at = 1000.0

    def refusals(self, folder: pathlib.Path, *, secret: str = SECRET, account: str = "http://a me") -> Refusals:
        return Refusals(str(folder), account=account, secret=secret, clock=Clock(now=lambda: self.at))


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "some" / "run"


def _file(folder: pathlib.Path) -> pathlib.Path:
    (path,) = folder.iterdir()
    return path


def test_refusal_is_told_again_with_all_that_was_said(time: Time, folder: pathlib.Path) -> None:
    time.refusals(folder).check()
    time.refusals(folder).keep(REFUSED)
    time.at += 7
    with pytest.raises(AuthError) as caught:
        time.refusals(folder).check()
    error = caught.value
    assert error.message == "no; that was 7 seconds ago, and the same login is not tried again so soon"
    assert error.hint == "Look. Other credentials are tried at once, the same ones 4 minutes after they were refused"
    assert (error.method, error.path, error.status, error.code) == ("POST", "/login", 401, "invalid")
    time.refusals(folder).keep(error)
    assert len(json.loads(_file(folder).read_text())) == 1


@pytest.mark.parametrize("seconds", [KEPT, KEPT + 1, -1])
def test_refusal_is_forgotten(time: Time, folder: pathlib.Path, seconds: float) -> None:
    """Also if the clock was set back."""
    time.refusals(folder).keep(REFUSED)
    time.at += seconds
    time.refusals(folder).check()


@pytest.mark.parametrize("other", [{"secret": "another"}, {"secret": ""}, {"account": "http://b me"}])
def test_other_login_is_free(time: Time, folder: pathlib.Path, other: dict[str, str]) -> None:
    time.refusals(folder).keep(REFUSED)
    time.refusals(folder, **other).check()


def test_several_secrets_of_an_account_are_remembered(time: Time, folder: pathlib.Path) -> None:
    for number in range(MOST + 5):
        time.refusals(folder, secret=f"guess {number}").keep(REFUSED)
    assert len(json.loads(_file(folder).read_text())) == MOST
    with pytest.raises(AuthError):
        time.refusals(folder, secret=f"guess {MOST}").check()


def test_what_may_pass_is_not_kept(time: Time, folder: pathlib.Path) -> None:
    time.refusals(folder).keep(AuthError("the server has trouble"))
    assert not folder.exists()


def test_file_is_private_and_holds_no_secret(time: Time, folder: pathlib.Path) -> None:
    for dummy in range(2):
        time.refusals(folder).keep(REFUSED)
    path = _file(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    text = path.name + path.read_text()
    assert not any(word in text for word in (SECRET, "Pä55", "P\\u00e455", "http"))
    first, second = json.loads(path.read_text())
    assert first["proof"] != second["proof"]


@pytest.mark.parametrize(
    "content",
    ["", "{", "{}", "null", "[1, null, {}]", '[{"at": "x", "key": "a", "proof": "b", "said": {"message": "m"}}]', "[" * 9999],
)
def test_damaged_file_counts_as_none(time: Time, folder: pathlib.Path, content: str) -> None:
    time.refusals(folder).keep(REFUSED)
    _file(folder).write_text(content)
    time.refusals(folder).check()
    time.refusals(folder).keep(REFUSED)
    with pytest.raises(AuthError):
        time.refusals(folder).check()


@pytest.mark.parametrize("mode", [0o644, 0o660])
def test_file_of_others_counts_as_none(time: Time, folder: pathlib.Path, mode: int) -> None:
    time.refusals(folder).keep(REFUSED)
    _file(folder).chmod(mode)
    time.refusals(folder).check()


def test_folder_that_cannot_be_used_is_no_reason_to_fail(time: Time, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    time.refusals(tmp_path / "file" / "run").keep(REFUSED)
    time.refusals(tmp_path / "file" / "run").check()
