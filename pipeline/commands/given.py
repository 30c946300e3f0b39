"""Arguments to Settings."""

from __future__ import annotations

import argparse

from pipeline.settings import Settings


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings that arguments give. Raises DossierError."""
    names = Settings.__dataclass_fields__
    given = {
        name: value for name, value in vars(options).items() if name in names and value is not None
    }
    if "limits" in given:
        given["limits"] = tuple(given["limits"])
    if "paths" in given:
        given["paths"] = tuple(given["paths"]) or names["paths"].default
    return Settings(**given)
