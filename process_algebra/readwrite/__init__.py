"""Process terms as text of other tools."""
