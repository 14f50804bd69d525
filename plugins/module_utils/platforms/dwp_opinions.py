# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Digital Workplace Catalog: what users think of services, and how the catalog is called. Private to the collection.

Section numbers in comments are those of the fact sheet on the Catalog's REST API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..transport.http import HttpClient, query_of
from ..transport.multipart import Form
from ..transport.tokens import Token, TokenSource
from . import dwp_shapes as shapes
from .dwp_shapes import record_of, rows_of

ME = "$USER$"  # 2.1, 22: stands for the user who calls
PAGE = 1000
# How often a list is read anew that changes while it is read.
RESTARTS = 3

Row = dict[str, Any]


class DwpOpinions:
    """Reviews and ratings, and what all calls of the catalog have in common. All ids are strings."""

    me = ME

    def __init__(
        self, http: HttpClient, tokens: TokenSource, *, user: str, key_family: str, memory: dict[str, Any] | None = None
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._key = key_family
        self.user = user
        self.memory = {} if memory is None else memory

    def log_in(self) -> Token:
        """The token of this run, obtained now if there is none."""
        return self._tokens.current()

    # -- opinions (2.1: 22 to 30) ---------------------------------------------------------------------------------------

    def reviews(
        self, *, service_id: str | None = None, user_id: str | None = None, requested_for: str | None = None
    ) -> list[Row]:
        """Reviews, newest first."""
        return [shapes.review(row) for row in self._opinions("reviews", service_id, user_id, requested_for)]

    def get_review(self, review_id: str, *, requested_for: str | None = None) -> Row:
        return shapes.review(self._opinion("reviews", review_id, requested_for))

    def create_review(self, service_id: str, *, title: str, content: str) -> None:
        """No id comes back (5): list afterwards."""
        self._http.write("POST", "/reviews", json={self._key: service_id, "title": title, "content": content})

    def update_review(self, review_id: str, *, title: str, content: str) -> None:
        """Both are always sent: what a PUT leaves out may be taken for empty (2.4)."""
        self._http.write("PUT", f"/reviews/{in_path(review_id)}", json={"title": title, "content": content})

    def delete_review(self, review_id: str) -> None:
        self._http.write("DELETE", f"/reviews/{in_path(review_id)}")

    def ratings(
        self, *, service_id: str | None = None, user_id: str | None = None, requested_for: str | None = None
    ) -> list[Row]:
        """Ratings, newest first."""
        return [shapes.rating(row) for row in self._opinions("ratings", service_id, user_id, requested_for)]

    def get_rating(self, rating_id: str, *, requested_for: str | None = None) -> Row:
        return shapes.rating(self._opinion("ratings", rating_id, requested_for))

    def create_rating(self, service_id: str, *, rating: float) -> None:
        """No id comes back (5): list afterwards."""
        self._http.write("POST", "/ratings", json={self._key: service_id, "rating": rating})

    def update_rating(self, rating_id: str, *, rating: float) -> None:
        self._http.write("PUT", f"/ratings/{in_path(rating_id)}", json={"rating": rating})

    def _opinions(self, kind: str, service_id: str | None, user_id: str | None, requested_for: str | None) -> list[Row]:
        filters = {self._key: service_id, "userId": user_id, "requestedfor": requested_for}
        rows = self._paged(f"/{kind}", kind, query=filters)
        return sorted(rows, key=lambda row: str(row.get("modifiedDate") or ""), reverse=True)

    def _opinion(self, kind: str, opinion_id: str, requested_for: str | None) -> Row:
        path = f"/{kind}/{in_path(opinion_id)}"
        return record_of(self._http.read(path, params=query_of(requestedfor=requested_for)), path)

    # -- wire -----------------------------------------------------------------------------------------------------------

    def _upload(self, path: str, form: Form) -> None:
        headers = {"Content-Type": form.content_type}
        self._http.write("POST", path, body=form.body, headers=headers, parse=lambda answer: None)

    def _paged(
        self,
        path: str,
        key: str,
        *,
        method: str = "GET",
        json: Any = None,
        query: Mapping[str, Any] | None = None,
        size: int = PAGE,
        total_key: str = "total",
    ) -> list[Row]:
        """All rows of a paged list (3): until the total is reached, or nothing new comes.

        Where the total changes on the way, others have moved to pages that were read already: then from the beginning.
        """
        rows: dict[str, Row] = {}
        page, restarts = 0, 0
        total: Any = None
        body = {} if json is None else {"json": json}
        while True:
            page += 1
            answer = self._http.read(path, method=method, params=query_of(perPage=size, page=page, **(query or {})), **body)
            before, total = total, answer.get(total_key) if isinstance(answer, dict) else None
            if page > 1 and total != before and restarts < RESTARTS:
                rows, page, restarts = {}, 0, restarts + 1
                continue
            new = {str(row["id"]): row for row in rows_of(answer, path, key, method=method) if str(row["id"]) not in rows}
            rows |= new
            if not new or (isinstance(total, int) and len(rows) >= total) or (total is None and len(new) < size):
                return list(rows.values())


def in_path(text: str) -> str:
    return quote(text, safe="", errors="replace")
