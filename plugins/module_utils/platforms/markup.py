# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts that platforms keep or show as HTML. Private to the collection."""

from __future__ import annotations

import re
from html import unescape

# What else stands between such signs is a text, such as the name of a host.
TAG = re.compile(
    r"<(/?(?:a|abbr|b|blockquote|body|br|center|code|col|colgroup|dd|del|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img|ins|li|meta"
    r"|ol|p|pre|s|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|u|ul))(?:\s[^>]*)?/?>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<\s*(?:br\s*/?|/p|/div)\s*>\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"<[^>]*>")


def plain_text(markup: str) -> str:
    """A text without markup: line breaks stay, tags go, entities become what they stand for."""
    text = unescape(TAG.sub("", _BREAK.sub("\n", markup))) if "<" in markup or "&" in markup else markup
    return "\n".join(line.strip() for line in text.strip().splitlines())


def spellings(text: str) -> tuple[str, ...]:
    """What a text may look like where it is shown: its markup followed, as it is, or without anything in angle brackets.

    Whether the platform takes them for markup, for a text, or for nothing is not known.
    """
    return plain_text(text), text, unescape(_BRACKETS.sub("", text))
