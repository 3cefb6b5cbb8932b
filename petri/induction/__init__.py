"""Proofs and bugs with z3, without enumerating markings."""
