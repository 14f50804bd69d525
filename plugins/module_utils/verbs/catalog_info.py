# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalog is read: categories, services, questionnaires. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..platforms.records import Wanted
from ..transport.errors import ApiError, DeskError, NotFound, OptionError
from .catalog import all_services, find_category, is_named, nearest, one_of, side_by_side
from .checks import check_id, check_ids, check_not_together, check_positive
from .spec import Context, InfoVerb, Option, Records

# In the order in which they count: the first that is gathered is what the records are.
RECORDS = ("services", "categories", "category_groups", "questionnaires")
GATHERED = ("categories", "category_groups", "services", "questionnaires", "full_catalog_view")
DEEPEST = 3
CRITERIA = ("title", "service_ids", "category")

Row = dict[str, Any]


def check(params: Mapping[str, Any]) -> None:
    """Ids and numbers are in range, and questionnaires are not asked for of everything at once."""
    if not params["gather"]:
        raise OptionError("gather: the list is empty", hint=f"Name what to read: {', '.join(GATHERED)}")
    check_ids(params, "service_ids")
    check_id(params, "request_id")
    check_positive(params, "depth", at_most=DEEPEST)
    check_positive(params, "limit")
    for name in ("title", "category", "requested_for"):
        if params[name] is not None and not params[name].strip():
            raise OptionError(f"{name}: it is empty", hint="Leave the option out to ask for all")
    check_not_together(params, "title", "service_ids")
    wants_questions = "questionnaires" in params["gather"]
    if params["request_id"] is not None and not wants_questions:
        raise OptionError("request_id: it is the request whose questionnaire is read", hint="Add questionnaires to gather")
    if wants_questions and params["request_id"] is None and all(params[name] is None for name in CRITERIA):
        raise OptionError(
            "gather: questionnaires are read for chosen services only",
            hint="Give title, service_ids or category, or the request_id of a request",
        )


def catalog_info(context: Context) -> Records:
    """Read what is asked for, each under its own name."""
    if context.platform.takes_orders:
        return _Reading(context).records()
    # Imported here, so that a task loads only what it uses.
    from .template_catalog import read_templates

    return read_templates(context)


class _Reading:
    """One run of the verb; what several things need is read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._platform = context.platform
        self._gather = frozenset(context.params["gather"])
        self._requested_for: str | None = context.params["requested_for"]
        self._category: Row | None = None
        self._every_category: list[Row] | None = None
        self._missing: list[str] = []
        self._truncated = False

    def records(self) -> Records:
        params = self._context.params
        found: dict[str, Any] = {}
        if params["category"] is not None and self._gather & {"categories", "services", "questionnaires"}:
            self._category = find_category(self._platform, params["category"])
        if "full_catalog_view" in self._gather:
            found["full_catalog_view"] = self._platform.full_catalog_view()
        if "category_groups" in self._gather:
            found["category_groups"] = self._limited(self._category_groups())
        if "categories" in self._gather:
            found["categories"] = self._limited(self._categories())
        services = self._services() if self._needs_services() else []
        if "services" in self._gather:
            found["services"] = services
        if "questionnaires" in self._gather:
            found["questionnaires"] = self._questionnaires(services)
        rows: list[Row] = next((found[name] for name in RECORDS if name in found), [])
        return Records(rows, self._truncated, {"missing": self._missing, **found})

    def _needs_services(self) -> bool:
        if "services" in self._gather:
            return True
        return "questionnaires" in self._gather and self._context.params["request_id"] is None

    def _limited(self, rows: list[Row]) -> list[Row]:
        limit = self._context.params["limit"]
        self._truncated |= limit is not None and len(rows) > limit
        return rows[:limit]

    # -- categories -----------------------------------------------------------------------------------------------------

    def _category_groups(self) -> list[Row]:
        groups: list[Row] = self._platform.category_groups()
        depth = self._context.params["depth"]
        return groups if depth is None else self._with_categories(groups, depth)

    def _with_categories(self, groups: Sequence[Row], depth: int) -> list[Row]:
        below: dict[str, list[Row]] = {}

        def read(group_id: str) -> None:
            below[group_id] = self._platform.categories_of_group(group_id, depth=depth, requested_for=self._requested_for)

        side_by_side(read, [group["id"] for group in groups], self._context.concurrency)
        return [{**group, "categories": below[group["id"]]} for group in groups]

    def _categories(self) -> list[Row]:
        """All of them; only calls below a category or a group know levels, and whose entitlement counts."""
        depth = self._context.params["depth"]
        if self._category is not None:
            return self._below(self._category["id"], depth or 1)
        if depth is None and self._requested_for is None:
            return self._all_categories()
        groups = self._with_categories(self._platform.category_groups(), depth or DEEPEST)
        return list({row["id"]: row for group in groups for row in group["categories"]}.values())

    def _all_categories(self) -> list[Row]:
        if self._every_category is None:
            self._every_category = self._platform.categories()
        return self._every_category

    def _below(self, category_id: str, depth: int) -> list[Row]:
        below: list[Row] = self._platform.subcategories(category_id, depth=depth, requested_for=self._requested_for)
        return below

    # -- services -------------------------------------------------------------------------------------------------------

    def _services(self) -> list[Row]:
        """By one criterion, since the platform takes no more; the others are applied here."""
        params, platform = self._context.params, self._platform
        places = self._places()
        if params["service_ids"] is not None:
            wanted = list(dict.fromkeys(params["service_ids"]))
            found = {row["id"]: row for row in platform.find_services(service_ids=wanted, requested_for=self._requested_for)}
            rows = _in_places([found[one] for one in wanted if one in found], places)
            self._missing = [one for one in wanted if one not in {row["id"] for row in rows}]
        elif params["title"] is not None:
            rows = [self._titled(params["title"], places)]
        else:
            rows = _in_places(self._services_in(places), places)
        rows = self._limited(rows)
        return self._detailed(rows) if params["details"] else rows

    def _places(self) -> list[str] | None:
        """The categories that services have to be in: the one asked for, and with a depth those below."""
        if self._category is None:
            return None
        depth = self._context.params["depth"]
        below = self._below(self._category["id"], depth) if depth is not None else []
        return [self._category["id"], *(row["id"] for row in below)]

    def _titled(self, title: str, places: Sequence[str] | None) -> Row:
        hits: list[Row] = self._platform.find_services(title=title.strip(), requested_for=self._requested_for)
        same = _in_places([row for row in hits if is_named(row, title)], places)
        like: list[str] = []
        if not same:
            like = nearest(title, [*hits, *self._services_in(None)])
        found = one_of(title, same, "service", like=like)
        if isinstance(found, DeskError):
            raise found
        return found

    def _services_in(self, category_ids: Sequence[str] | None) -> list[Row]:
        """The services of these categories, or of all: the platform has no list of everything."""
        context = self._context
        ids = [row["id"] for row in self._all_categories()] if category_ids is None else category_ids
        return all_services(self._platform, ids, requested_for=self._requested_for, concurrency=context.concurrency)

    def _detailed(self, services: Sequence[Row]) -> list[Row]:
        """Lists have no descriptions; single services have no excerpts."""
        details: dict[str, Row] = {}

        def read(service_id: str) -> None:
            details[service_id] = self._platform.get_service(service_id, requested_for=self._requested_for)

        side_by_side(read, [row["id"] for row in services], self._context.concurrency)
        return [_merged(row, details[row["id"]]) for row in services]

    # -- questionnaires -------------------------------------------------------------------------------------------------

    def _questionnaires(self, services: Sequence[Row]) -> list[Row]:
        request_id = self._context.params["request_id"]
        if request_id is not None:
            return [self._questionnaire_of_request(request_id)]
        if self._context.check_mode:
            self._context.warn(
                "No questionnaires in check mode: to show one, the platform needs a request, so a draft is made that is never"
                " ordered. Give request_id to read the questionnaire of a request that is there"
            )
            return []
        drafts: dict[str, list[tuple[str | None, str]]] = {}

        def begin(service_id: str) -> None:
            drafts[service_id] = self._draft(service_id)

        side_by_side(begin, [row["id"] for row in services], self._context.concurrency)
        places = {request: of or row["id"] for row in services for of, request in drafts[row["id"]]}
        found: dict[str, Row] = {}

        def read(request: str) -> None:
            found[request] = self._questionnaire(places[request], request)

        side_by_side(read, list(places), self._context.concurrency)
        return [found[request] for request in places]

    def _draft(self, service_id: str) -> list[tuple[str | None, str]]:
        """The requests of a draft, a bundle has several, each with its service."""
        user = self._requested_for or self._platform.user
        draft = self._platform.initiate(Wanted(service_id=service_id, users=(user,)))
        if not draft.request_ids:
            said = "; ".join(problem.text for problem in draft.problems) or "no reason given"
            raise ApiError(
                f"No draft of service {service_id} could be made for {user}, so its questions cannot be seen: {said}",
                hint="Check that the user is entitled to the service",
            )
        return list(zip(draft.service_ids, draft.request_ids, strict=True))

    def _questionnaire_of_request(self, request_id: str) -> Row:
        """The service of a draft may not be told; one that shows nothing at all may as well not be there."""
        request = self._platform.requests_by_id([request_id]).get(request_id)
        found = self._questionnaire(None if request is None else self._platform.ordered_of(request)["service_id"], request_id)
        if request is None and found["id"] is None and not found["questions"]:
            raise NotFound(
                f"Request {request_id} shows no questionnaire",
                hint="It does not exist, the account may not see it, or it is the draft of a service that asks nothing",
            )
        return found

    def _questionnaire(self, service_id: str | None, request_id: str) -> Row:
        questionnaire = self._platform.questionnaire(request_id)
        content = {"id": None, "user_limit": None, "questions": []} if questionnaire is None else questionnaire.as_dict()
        return {"service_id": service_id, "request_id": request_id, **content}


def _in_places(rows: Sequence[Row], category_ids: Sequence[str] | None) -> list[Row]:
    """Those in one of the categories; a search may have found those of categories below too."""
    if category_ids is None:
        return list(rows)
    return [row for row in rows if not row["category_ids"] or set(row["category_ids"]) & set(category_ids)]


def _merged(row: Row, detail: Row) -> Row:
    told = {name: value for name, value in detail.items() if value not in (None, [])}
    return {**row, **told, "raw": {**row["raw"], **detail["raw"]}}


CATALOG_INFO = InfoVerb(
    name="catalog_info",
    platforms=("bmc_dwp", "sdp_cloud"),
    options=(
        Option("gather", type="list", elements="str", choices=GATHERED, default=["services"]),
        Option("category"),
        Option("title"),
        Option("service_ids", type="list", elements="str"),
        Option("depth", type="int", platforms=("bmc_dwp",)),
        Option("requested_for", platforms=("bmc_dwp",)),
        Option("details", type="bool", default=False),
        Option("request_id", platforms=("bmc_dwp",)),
        Option("limit", type="int"),
    ),
    check=check,
    run=catalog_info,
)
