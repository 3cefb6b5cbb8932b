"""Typed expressions: the guards and conditions of workflows, parsed and never evaluated as code."""
