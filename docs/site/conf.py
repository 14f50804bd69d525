# Copyright (c) 2026, deskops.itsm contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the documentation. C(make docs) copies the pages together and starts it."""

from __future__ import annotations

import os
import pathlib

BUILD = pathlib.Path(os.environ["SITE_BUILD"])

project = "deskops.itsm"
author = "deskops.itsm contributors"
copyright = "2026, deskops.itsm contributors"
version = release = os.environ["SITE_VERSION"]

extensions = ["myst_parser", "sphinx.ext.intersphinx", "sphinx_antsibull_ext", "sphinx_copybutton"]
root_doc = "index"
nitpicky = True
default_role = "any"
highlight_language = "yaml+jinja"

# GitHub makes an anchor of each heading; so do we, for links that work in both places.
myst_heading_anchors = 4

# The labels of Ansible's own documentation that pages refer to; the inventory is made by `make docs`, nothing is fetched.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/devel/", str(BUILD / "ansible.inv"))}
intersphinx_disabled_reftypes: list[str] = []

html_theme = "furo"
html_title = "deskops.itsm"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_last_updated_fmt = None
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
html_theme_options = {
    "navigation_with_keys": True,
    "footer_icons": [],
    "light_css_variables": {"color-brand-primary": "#0b5394", "color-brand-content": "#0b5394", "color-brand-visited": "#5b3a8c"},
    "dark_css_variables": {"color-brand-primary": "#8ec5ff", "color-brand-content": "#8ec5ff", "color-brand-visited": "#c9b0f5"},
}
copybutton_exclude = ".linenos, .gp, .go"
