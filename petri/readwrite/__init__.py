"""Readers and writers of nets."""
