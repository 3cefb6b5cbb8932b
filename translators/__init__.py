"""Translators: text and source code in, models out."""

__all__: list[str] = []
