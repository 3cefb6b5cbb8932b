"""Translators: text and source code in, models out."""
