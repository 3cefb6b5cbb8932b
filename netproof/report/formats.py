"""The names of the report formats, for the parser of arguments: this module imports nothing."""

__all__ = ["FORMATS"]

#: In the order in which help lists them.
FORMATS = ("terminal", "json", "markdown", "html", "sarif", "junit", "github", "xes", "csv")
